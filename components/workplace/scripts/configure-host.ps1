# Sets up a session host: profiles, limits, protection of the screen, and its registration with the host pool.
# It can run again at any time: settings are written as they should be, and a host that is registered is left alone.
param(
    [string]$ProfileShare = '',        # \\account.file.core.windows.net\share; empty for local profiles
    [int]$ProfileMegabytes = 10240,    # the size to which a profile may grow
    [int]$IdleMinutes = 30,            # until an idle session is closed
    [int]$DisconnectedMinutes = 60,    # until a session that was left is ended
    [int]$ScreenCapture = 1,           # 1: no picture of the screen can be taken on the device
    [int]$Watermark = 0,               # 1: a mark on the screen tells who looked
    [string]$RegistrationToken = ''    # a secret; needed until the host is registered
)
$ErrorActionPreference = 'Stop'
[Net.ServicePointManager]::SecurityProtocol = [Net.SecurityProtocolType]::Tls12

function Set-Value([string]$Path, [string]$Name, $Value, [string]$Type = 'DWord') {
    if (-not (Test-Path -Path $Path)) { New-Item -Path $Path -Force | Out-Null }
    New-ItemProperty -Path $Path -Name $Name -Value $Value -PropertyType $Type -Force | Out-Null
}

# Limits and the screen (policies of Remote Desktop Services; times are in milliseconds).
$terminal = 'HKLM:\SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services'
Set-Value $terminal 'MaxIdleTime' ($IdleMinutes * 60000)
Set-Value $terminal 'MaxDisconnectionTime' ($DisconnectedMinutes * 60000)
Set-Value $terminal 'fEnableTimeZoneRedirection' 1
Set-Value $terminal 'fEnableScreenCaptureProtect' $ScreenCapture
Set-Value $terminal 'fEnableWatermarking' $Watermark
if ($Watermark -eq 1) {
    Set-Value $terminal 'WatermarkingHeightFactor' 180
    Set-Value $terminal 'WatermarkingWidthFactor' 320
    Set-Value $terminal 'WatermarkingOpacity' 2000
    Set-Value $terminal 'WatermarkingQrScale' 4
    Set-Value $terminal 'WatermarkingContent' 0
}

# Profiles on Azure Files, with a ticket of Entra ID.
if ($ProfileShare -ne '') {
    $fslogix = 'HKLM:\SOFTWARE\FSLogix\Profiles'
    Set-Value $fslogix 'Enabled' 1
    Set-Value $fslogix 'VHDLocations' @($ProfileShare) 'MultiString'
    Set-Value $fslogix 'VolumeType' 'VHDX' 'String'
    Set-Value $fslogix 'SizeInMBs' $ProfileMegabytes
    Set-Value $fslogix 'IsDynamic' 1
    Set-Value $fslogix 'DeleteLocalProfileWhenVHDShouldApply' 1
    Set-Value $fslogix 'FlipFlopProfileDirectoryName' 1
    Set-Value $fslogix 'PreventLoginWithFailure' 1
    Set-Value $fslogix 'PreventLoginWithTempProfile' 1
    Set-Value 'HKLM:\SYSTEM\CurrentControlSet\Control\Lsa\Kerberos\Parameters' 'CloudKerberosTicketRetrievalEnabled' 1
    # Credentials of Entra ID stay with the profile.
    Set-Value 'HKLM:\SOFTWARE\Policies\Microsoft\AzureADAccount' 'LoadCredKeyFromProfile' 1
}

# Registration: once.
$registered = Get-ItemProperty -Path 'HKLM:\SOFTWARE\Microsoft\RDInfraAgent' -Name 'IsRegistered' -ErrorAction SilentlyContinue
if ($registered -and $registered.IsRegistered -eq 1) { Write-Output 'registered already'; exit 0 }
if ($RegistrationToken -eq '') {
    throw 'The host pool has no valid registration token: set workplace.registration_until in the estate file, in the change that adds hosts.'
}
$folder = Join-Path $env:ProgramData 'Kade'
New-Item -Path $folder -ItemType Directory -Force | Out-Null
$installers = [ordered]@{
    'agent.msi'      = 'https://go.microsoft.com/fwlink/?linkid=2310011'
    'bootloader.msi' = 'https://go.microsoft.com/fwlink/?linkid=2311028'
}
foreach ($name in $installers.Keys) {
    $file = Join-Path $folder $name
    Invoke-WebRequest -Uri $installers[$name] -OutFile $file -UseBasicParsing
    # The agents renew themselves, so a checksum would be wrong tomorrow: who signed them is what is checked.
    $signature = Get-AuthenticodeSignature -FilePath $file
    if ($signature.Status -ne 'Valid' -or $signature.SignerCertificate.Subject -notmatch 'O=Microsoft Corporation') {
        throw "$name is not signed by Microsoft ($($signature.Status))"
    }
}
# No log of the installer: it would hold the token.
foreach ($name in $installers.Keys) {
    $arguments = "/i `"$(Join-Path $folder $name)`" /quiet /norestart"
    if ($name -eq 'agent.msi') { $arguments += " REGISTRATIONTOKEN=$RegistrationToken" }
    $process = Start-Process -FilePath 'msiexec.exe' -ArgumentList $arguments -Wait -PassThru
    if ($process.ExitCode -notin 0, 3010) { throw "$name was not installed: $($process.ExitCode)" }
}
Remove-Item -Path $folder -Recurse -Force
for ($attempt = 0; $attempt -lt 60; $attempt++) {
    $registered = Get-ItemProperty -Path 'HKLM:\SOFTWARE\Microsoft\RDInfraAgent' -Name 'IsRegistered' -ErrorAction SilentlyContinue
    if ($registered -and $registered.IsRegistered -eq 1) { Write-Output 'registered'; exit 0 }
    Start-Sleep -Seconds 5
}
throw 'The host did not register within five minutes: is *.wvd.microsoft.com reached, and the token valid?'
