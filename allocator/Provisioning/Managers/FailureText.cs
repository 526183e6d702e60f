using System.Text.RegularExpressions;

namespace MemTools.Allocators.Provisioning.Managers;

/// <summary>
/// Recognises failures by the messages of apt 2, dnf 4 and 5, yum 3, microdnf, zypper 1, pacman 6 and apk 2 in the C locale. Exit codes
/// alone do not tell: apt's is always 100, dnf's and pacman's always 1.
/// </summary>
internal static partial class FailureText
{
    /// <summary>The most specific that fits: what makes other messages follow comes first.</summary>
    public static PackageFailure Classify(CommandResult result)
    {
        var text = result.StandardError + "\n" + result.StandardOutput;
        return NotRoot().IsMatch(text) ? PackageFailure.NotRoot
            : LockHeld().IsMatch(text) ? PackageFailure.LockHeld
            : NoSpace().IsMatch(text) ? PackageFailure.NoSpace
            : BadSignature().IsMatch(text) ? PackageFailure.BadSignature
            : NoNetwork().IsMatch(text) ? PackageFailure.NoNetwork
            : UnknownVersion().IsMatch(text) ? PackageFailure.UnknownVersion
            : UnknownPackage().IsMatch(text) ? PackageFailure.UnknownPackage
            : PackageFailure.Other;
    }

    [GeneratedRegex(
        "are you root|must be (?:run as )?root|need to be root|superuser privileges|[Rr]oot privileges are required|unless you are root|"
        + "requires? root privileges|requires superuser|[Uu]nable to (?:lock|open) database: Permission denied|Could not open lock file.*Permission denied|"
        + "a password is required|is not in the sudoers file|no tty present and no askpass")]
    private static partial Regex NotRoot();

    [GeneratedRegex(
        "Could not get lock|Unable to acquire the dpkg frontend lock|[Uu]nable to lock|is another process using it|holding the yum lock|"
        + "[Ww]aiting for process with pid|Waiting for a lock on|Failed to obtain (?:the|rpm) transaction lock|System management is locked|Existing lock|can't create transaction lock")]
    private static partial Regex LockHeld();

    [GeneratedRegex(
        "No space left on device|don't have enough free space|[Nn]ot enough (?:free )?(?:disk )?space|more space needed on|Disk Requirements:|"
        + @"needs \d+\s*[KMG]?i?B (?:more space )?on the|enough space to|[Dd]isk full|free disk space")]
    private static partial Regex NoSpace();

    [GeneratedRegex(
        @"NO_PUBKEY|BADSIG|EXPKEYSIG|signatures? (?:couldn't|could not|were invalid)|is not signed|cannot be authenticated|unauthenticated packages|"
        + "GPG check FAILED|[Ss]ignature verification failed|Signature verification error|BAD signature|UNTRUSTED signature|[Pp]ublic key for .* is not installed|"
        + "Failed to validate GPG signature|PGP check failed|OpenPGP check|invalid or corrupted (?:package|database)|unknown trust|marginal trust|"
        + "SIGNATURES NOT OK|DIGESTS NOT OK|signatures NOT OK|Hash Sum mismatch|[Cc]hecksum (?:doesn't match|mismatch|error)|BAD archive|required key missing|"
        + @"failed retrieving file '[^']*\.sig' from \S+ : (?:Couldn't open file|The requested URL returned error: 404)")]
    private static partial Regex BadSignature();

    [GeneratedRegex(
        "Temporary failure (?:in name resolution|resolving)|[Cc]ould(?:n't| not) resolve|Could not connect|Unable to connect|[Cc]onnection (?:refused|timed out|failed)|"
        + @"[Nn]etwork is unreachable|No route to host|Curl error \((?:5|6|7|28|35|52|56)\)|All mirrors were tried|Failed to download metadata|Cannot download|"
        + "Cannot retrieve (?:repository )?metalink|Cannot find a valid baseurl|Download \\(curl\\) error|Valid metadata not found|failed retrieving file|"
        + "failed to synchronize|temporary error \\(try again later\\)|network error|Failed to fetch|Problem retrieving|Timeout (?:exceeded|was reached)|Could not read mirrorlist")]
    private static partial Regex NoNetwork();

    [GeneratedRegex("Version '.*' for '.*' was not found|No matching (?:version|package version)|breaks: world\\[.*[=~<>]")]
    private static partial Regex UnknownVersion();

    [GeneratedRegex(
        "Unable to locate package|has no installation candidate|Couldn't find any package|No match for argument|Unable to find a match|[Nn]o package .* available|"
        + "No package matches|No matches found for|No provider of|not found in package names|No matching items found|target not found|no such package|"
        + "unable to select packages|unsatisfiable constraints|No such package|Package .* not found|No packages found")]
    private static partial Regex UnknownPackage();
}
