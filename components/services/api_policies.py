"""Policies of API Management: its XML, from values."""

from __future__ import annotations

from xml.sax.saxutils import quoteattr

from kade.components.arguments import ArgumentError

# The policy of the whole service: what comes in is somebody's, and what goes out says nothing of the software behind.
_SERVICE = """<policies>
  <inbound>
{checks}
    <set-header name="X-Request-ID" exists-action="skip">
      <value>@(context.RequestId.ToString())</value>
    </set-header>
  </inbound>
  <backend>
    <forward-request timeout="60" follow-redirects="false" />
  </backend>
  <outbound>
    <set-header name="Server" exists-action="delete" />
    <set-header name="X-Powered-By" exists-action="delete" />
    <set-header name="Strict-Transport-Security" exists-action="override">
      <value>max-age=31536000; includeSubDomains</value>
    </set-header>
  </outbound>
  <on-error />
</policies>
"""
_CERTIFICATE = (
    '    <validate-client-certificate validate-revocation="true" validate-trust="true" validate-not-before="true" '
    'validate-not-after="true" ignore-error="false" />'
)
_PRODUCT = """<policies>
  <inbound>
    <base />
    <rate-limit calls="{calls}" renewal-period="60" />
  </inbound>
  <backend>
    <base />
  </backend>
  <outbound>
    <base />
  </outbound>
  <on-error>
    <base />
  </on-error>
</policies>
"""


def service_policy(tenant_id: str, audience: str, *, mutual_tls: bool) -> str:
    """The policy of the whole service: a token of Entra ID for ``audience``, and with ``mutual_tls`` a certificate.

    Raises `ArgumentError` without an audience: a token for anybody else would do.
    """
    if not audience:
        raise ArgumentError("audience: a token has to be for somebody; give the application id URI of the API")
    checks = [_CERTIFICATE] if mutual_tls else []
    issuer = f"https://login.microsoftonline.com/{tenant_id}/v2.0/.well-known/openid-configuration"
    checks.append(
        '    <validate-jwt header-name="Authorization" failed-validation-httpcode="401" require-scheme="Bearer" '
        'require-expiration-time="true" require-signed-tokens="true">\n'
        f"      <openid-config url={quoteattr(issuer)} />\n"
        f"      <audiences>\n        <audience>{audience}</audience>\n      </audiences>\n"
        "    </validate-jwt>"
    )
    return _SERVICE.format(checks="\n".join(checks))


def product_policy(calls_a_minute: int) -> str:
    """The policy of a product: that of the service, and no more than so many calls a minute for each subscription."""
    return _PRODUCT.format(calls=calls_a_minute)
