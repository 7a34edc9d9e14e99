"""Images of session hosts: a gallery, a definition for each image, and a template that builds each release."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
from pulumi_azure_native import compute
from pulumi_azure_native import virtualmachineimages as builder

from kade.components.arguments import ArgumentError, normalise
from kade.components.workload.identity import identity_of
from kade.components.workload.place import PlaceArgs
from kade.components.workplace.image_builder import BuildPlaceArgs, give_builder

BUILD_SIZE = "Standard_D4s_v5"
BUILD_MINUTES = 240  # with Windows' updates a build takes one to three hours


@dataclass
class CustomisationArgs:
    """A script that installs something."""

    title: str
    script: str
    """Its address, which Image Builder can read."""
    sha256: str
    """Its checksum; a script that is another one is not run."""


@dataclass
class ImageArgs:
    """An image, and its builds."""

    title: str
    publisher: str
    """Of the marketplace's image that it is made from."""
    offer: str
    sku: str
    releases: Mapping[str, str]
    """Versions of the marketplace's image by the number of the build (``1``), which never comes back."""
    customisations: Sequence[CustomisationArgs] = ()
    """What is installed. A build that was made keeps what it had: a change is for the next number."""
    replicas: Sequence[str] = ()
    """Regions besides that of the gallery."""


@dataclass
class ImageGalleryArgs:
    """Arguments of `ImageGallery`."""

    place: PlaceArgs
    images: Mapping[str, ImageArgs]
    """Images by a short key."""
    build: BuildPlaceArgs | None = None
    """Where images are built. Without it nothing is, and versions are put into the gallery by other means."""
    allowed_locations: Sequence[str] = field(default_factory=list)
    """Regions that copies may be in; empty for any."""


class ImageGallery(pulumi.ComponentResource):
    """A compute gallery with definitions for trusted launch, and templates of Image Builder inside the network.

    A template builds once, when it is made (an hour or more), and puts version ``<number>.0.0`` into the gallery.
    """

    gallery_id: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        args: ImageGalleryArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        args = normalise(ImageGalleryArgs, args)
        _check(name, args)
        super().__init__("kade:index:ImageGallery", name, None, opts)
        self._args = args
        self._child = pulumi.ResourceOptions(parent=self)
        place = args.place
        self.gallery = compute.Gallery(
            f"{name}-gallery",
            resource_group_name=place.resource_group_name,
            gallery_name=place.names.of("compute_gallery", place.workload),
            location=place.location,
            description="Images of session hosts",
            tags=place.tags,
            opts=self._child,
        )
        self.definitions = {key: self._definition(name, key, image) for key, image in args.images.items()}
        self.templates: dict[str, builder.VirtualMachineImageTemplate] = {}
        if args.build is not None:
            self.identity = identity_of(self, name, place, "builder")
            rights = give_builder(self, name, place, args.build, self.identity, self.gallery.id)
            for key, image in args.images.items():
                for number in image.releases:
                    made = self._template(name, key, image, number, args.build, rights)
                    self.templates[f"{key}-{number}"] = made
        self.gallery_id = self.gallery.id
        self.register_outputs({"galleryId": self.gallery_id})

    def version_id(self, image: str, number: str) -> pulumi.Output[str]:
        """The id of a build, for hosts that are made of it."""
        return pulumi.Output.concat(self.definitions[image].id, f"/versions/{number}.0.0")

    def _definition(self, name: str, key: str, image: ImageArgs) -> compute.GalleryImage:
        place = self._args.place
        return compute.GalleryImage(
            f"{name}-{key}",
            resource_group_name=place.resource_group_name,
            gallery_name=self.gallery.name,
            gallery_image_name=key,
            location=place.location,
            description=image.title,
            os_type=compute.OperatingSystemTypes.WINDOWS,
            os_state=compute.OperatingSystemStateTypes.GENERALIZED,
            hyper_v_generation="V2",
            architecture="x64",
            # The three together are one name in a gallery.
            identifier=compute.GalleryImageIdentifierArgs(publisher=place.names.organisation, offer=key, sku=image.sku),
            features=[
                compute.GalleryImageFeatureArgs(name="SecurityType", value="TrustedLaunchSupported"),
                compute.GalleryImageFeatureArgs(name="IsAcceleratedNetworkSupported", value="True"),
            ],
            tags=place.tags,
            opts=self._child,
        )

    def _template(
        self,
        name: str,
        key: str,
        image: ImageArgs,
        number: str,
        build: BuildPlaceArgs,
        rights: Sequence[pulumi.Resource],
    ) -> builder.VirtualMachineImageTemplate:
        place = self._args.place
        return builder.VirtualMachineImageTemplate(
            f"{name}-{key}-{number}",
            resource_group_name=place.resource_group_name,
            image_template_name=place.name("image_template", f"{key}-{number}"),
            location=place.location,
            identity=builder.ImageTemplateIdentityArgs(
                type=builder.ResourceIdentityType.USER_ASSIGNED, user_assigned_identities=[self.identity.id]
            ),
            build_timeout_in_minutes=BUILD_MINUTES,
            source=builder.ImageTemplatePlatformImageSourceArgs(
                type="PlatformImage",
                publisher=image.publisher,
                offer=image.offer,
                sku=image.sku,
                version=image.releases[number],
            ),
            customize=_steps(image),
            distribute=[
                builder.ImageTemplateSharedImageDistributorArgs(
                    type="SharedImage",
                    gallery_image_id=self.version_id(key, number),
                    run_output_name=f"{key}-{number}",
                    target_regions=[
                        builder.TargetRegionArgs(name=region, replica_count=1, storage_account_type="Standard_ZRS")
                        for region in (place.location, *image.replicas)
                    ],
                )
            ],
            vm_profile=builder.ImageTemplateVmProfileArgs(
                vm_size=BUILD_SIZE,
                os_disk_size_gb=127,
                vnet_config=builder.VirtualNetworkConfigArgs(
                    subnet_id=build.subnet_id, container_instance_subnet_id=build.container_subnet_id
                ),
            ),
            auto_run=builder.ImageTemplateAutoRunArgs(state=builder.AutoRunState.AUTO_RUN_ENABLED),
            tags=place.tags,
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=list(rights),
                # Azure changes no template, and what was built stays what it was.
                ignore_changes=["source", "customize", "distribute", "vmProfile"],
            ),
        )


def _steps(
    image: ImageArgs,
) -> list[
    builder.ImageTemplatePowerShellCustomizerArgs
    | builder.ImageTemplateWindowsUpdateCustomizerArgs
    | builder.ImageTemplateRestartCustomizerArgs
]:
    scripts = [
        builder.ImageTemplatePowerShellCustomizerArgs(
            type="PowerShell",
            name=item.title,
            script_uri=item.script,
            sha256_checksum=item.sha256,
            run_elevated=True,
            run_as_system=True,
        )
        for item in image.customisations
    ]
    updates = builder.ImageTemplateWindowsUpdateCustomizerArgs(
        type="WindowsUpdate", name="Updates", filters=["exclude:$_.Title -like '*Preview*'", "include:$true"]
    )
    return [*scripts, updates, builder.ImageTemplateRestartCustomizerArgs(type="WindowsRestart", name="Restart")]


def _check(name: str, args: ImageGalleryArgs) -> None:
    allowed = args.allowed_locations
    for key, image in args.images.items():
        outside = [region for region in (args.place.location, *image.replicas) if allowed and region not in allowed]
        if outside:
            raise ArgumentError(
                f"{name}: image {key!r} would be copied to {outside[0]}; it may be in {', '.join(allowed)}"
            )
        for item in image.customisations:
            if len(item.sha256) != 64:
                raise ArgumentError(f"{name}: image {key!r}: {item.title!r} has no SHA-256 of 64 digits")
