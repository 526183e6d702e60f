using MemTools.Allocators;
using MemTools.Allocators.Provisioning.Managers;

namespace MemTools.Tests.Provisioning;

/// <summary>What package managers say when they fail, and what that means. The texts are theirs.</summary>
public sealed class FailureTests
{
    [Theory]
    [InlineData("apt", 100, "E: Unable to locate package nosuch", PackageFailure.UnknownPackage)]
    [InlineData("apt", 100, "Package libfoo is not available, but is referred to by another package.\nE: Package 'libfoo' has no installation candidate", PackageFailure.UnknownPackage)]
    [InlineData("apt", 100, "E: Version '9' for 'libjemalloc2' was not found", PackageFailure.UnknownVersion)]
    [InlineData("apt", 100, "E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 42 (apt-get)\nE: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), is another process using it?", PackageFailure.LockHeld)]
    [InlineData("apt", 100, "E: Could not open lock file /var/lib/dpkg/lock-frontend - open (13: Permission denied)\nE: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), are you root?", PackageFailure.NotRoot)]
    [InlineData("apt", 100, "E: You don't have enough free space in /var/cache/apt/archives/.", PackageFailure.NoSpace)]
    [InlineData("apt", 100, "dpkg: error processing archive x.deb (--unpack):\n cannot copy extracted data: failed to write (No space left on device)", PackageFailure.NoSpace)]
    [InlineData("apt", 100, "Err:1 http://mirror.invalid/debian bookworm InRelease\n  Temporary failure resolving 'mirror.invalid'\nE: Failed to fetch http://mirror.invalid/x.deb  Temporary failure resolving 'mirror.invalid'", PackageFailure.NoNetwork)]
    [InlineData("apt", 100, "E: Failed to fetch http://localhost:9/x.deb  Could not connect to localhost:9 (127.0.0.1). - connect (111: Connection refused)", PackageFailure.NoNetwork)]
    [InlineData("apt", 100, "W: GPG error: http://x stable InRelease: The following signatures couldn't be verified because the public key is not available: NO_PUBKEY 0E98404D386FA1D9\nE: The repository 'http://x stable InRelease' is not signed.", PackageFailure.BadSignature)]
    [InlineData("apt", 100, "WARNING: The following packages cannot be authenticated!\nE: There were unauthenticated packages and -y was used without --allow-unauthenticated", PackageFailure.BadSignature)]
    [InlineData("apt", 100, "E: Failed to fetch http://x/p.deb  Hash Sum mismatch", PackageFailure.BadSignature)]
    [InlineData("apt", 100, "E: Sub-process /usr/bin/dpkg returned an error code (1)", PackageFailure.Other)]
    [InlineData("dnf", 1, "No match for argument: nosuch\nError: Unable to find a match: nosuch", PackageFailure.UnknownPackage)]
    [InlineData("dnf", 1, "Error: This command has to be run with superuser privileges (under the root user on most systems).", PackageFailure.NotRoot)]
    [InlineData("dnf", 200, "", PackageFailure.LockHeld)]
    [InlineData("dnf", 1, "Error: Failed to download metadata for repo 'x': Cannot download repomd.xml: Cannot download repodata/repomd.xml: All mirrors were tried", PackageFailure.NoNetwork)]
    [InlineData("dnf", 1, "Package x.rpm is not signed\nError: GPG check FAILED", PackageFailure.BadSignature)]
    [InlineData("dnf", 1, "Error: Transaction test error:\n  installing package x needs 12MB more space on the / filesystem", PackageFailure.NoSpace)]
    [InlineData("dnf", 1, "Public key for x.rpm is not installed\nError: GPG check FAILED", PackageFailure.BadSignature)]
    [InlineData("dnf5", 1, "Failed to resolve the transaction:\nNo match for argument: nosuch", PackageFailure.UnknownPackage)]
    [InlineData("dnf5", 1, "The requested operation requires superuser privileges. Please log in as a user with elevated rights, or use the \"--assumeno\" or \"--downloadonly\" options to run the command without modifying the system state.", PackageFailure.NotRoot)]
    [InlineData("dnf5", 1, "Failed to download metadata (baseurl: \"https://x/\") for repository \"x\"\n Usable URL not found", PackageFailure.NoNetwork)]
    [InlineData("dnf5", 1, "Transaction failed: Signature verification failed.\nOpenPGP check for package \"x\" (x.rpm) from repo \"r\" has failed: Problem occurred when opening the package.", PackageFailure.BadSignature)]
    [InlineData("dnf5", 1, "Transaction failed: Signature verification failed.\nOpenPGP check for package \"x\" (x.rpm) from repo \"r\" has failed: The package is not signed.", PackageFailure.BadSignature)]
    [InlineData("dnf5", 1, ">>> Curl error (6): Could not resolve hostname for http://x/repomd.xml\n>>> Usable URL not found\nFailed to resolve the transaction:\nNo match for argument: y", PackageFailure.NoNetwork)]
    [InlineData("dnf5", 1, "Waiting for a lock on the system repository. The following processes are currently accessing it:\n42\tdnf5 install x ", PackageFailure.LockHeld)]
    [InlineData("dnf5", 1, "Failed to obtain rpm transaction lock. Another transaction is in progress.", PackageFailure.LockHeld)]
    [InlineData("yum", 1, "No package nosuch available.\nError: Nothing to do", PackageFailure.UnknownPackage)]
    [InlineData("yum", 1, "You need to be root to perform this command.", PackageFailure.NotRoot)]
    [InlineData("yum", 200, "Another app is currently holding the yum lock; exiting as configured by exit_on_lock", PackageFailure.LockHeld)]
    [InlineData("yum", 1, "Could not retrieve mirrorlist http://m error was\n14: curl#6 - \"Could not resolve host: m; Unknown error\"\nCannot find a valid baseurl for repo: base/7/x86_64", PackageFailure.NoNetwork)]
    [InlineData("microdnf", 1, "error: No package matches 'nosuch'", PackageFailure.UnknownPackage)]
    [InlineData("microdnf", 1, "error: cannot update repo 'ubi': Cannot download repomd.xml: Curl error (6): Could not resolve hostname", PackageFailure.NoNetwork)]
    [InlineData("zypper", 104, "'nosuch' not found in package names. Trying capabilities.\nNo provider of 'nosuch' found.", PackageFailure.UnknownPackage)]
    [InlineData("zypper", 5, "Root privileges are required to run this command.", PackageFailure.NotRoot)]
    [InlineData("zypper", 7, "System management is locked by the application with pid 42 (zypper).\nClose this application before trying again.", PackageFailure.LockHeld)]
    [InlineData("zypper", 8, "Problem retrieving files from 'x'.\nDownload (curl) error for 'http://x/':\nError code: Connection failed", PackageFailure.NoNetwork)]
    [InlineData("zypper", 4, "File 'repomd.xml' from repository 'x' is unsigned.\nSignature verification failed for file 'repomd.xml' from repository 'x'.", PackageFailure.BadSignature)]
    [InlineData("zypper", 104, "Failed to connect to 127.0.0.1 port 9 after 0 ms: Couldn't connect to server\nError code: Connection failed\nSkipping repository 'x' because of the above error.\nNo provider of 'jemalloc' found.", PackageFailure.NoNetwork)]
    [InlineData("pacman", 1, "error: target not found: nosuch", PackageFailure.UnknownPackage)]
    [InlineData("pacman", 1, "error: you cannot perform this operation unless you are root.", PackageFailure.NotRoot)]
    [InlineData("pacman", 1, "error: failed to init transaction (unable to lock database)\nerror: could not lock database: File exists\n  if you're sure a package manager is not already\n  running, you can remove /var/lib/pacman/db.lck", PackageFailure.LockHeld)]
    [InlineData("pacman", 1, "error: failed retrieving file 'core.db' from mirror : Could not resolve host: mirror\nerror: failed to synchronize all databases (download library error)", PackageFailure.NoNetwork)]
    [InlineData("pacman", 1, "error: x: signature from \"A <a@b>\" is unknown trust\nerror: failed to commit transaction (invalid or corrupted package (PGP signature))", PackageFailure.BadSignature)]
    [InlineData("pacman", 1, "error: failed retrieving file 'x-1-x86_64.pkg.tar.zst.sig' from disk : Couldn't open file /srv/x.sig\nerror: failed to commit transaction (download library error)", PackageFailure.BadSignature)]
    [InlineData("pacman", 1, "error: Partition / too full: 100 blocks needed, 10 blocks free\nerror: not enough free disk space", PackageFailure.NoSpace)]
    [InlineData("apk", 1, "ERROR: unable to select packages:\n  nosuch (no such package):\n    required by: world[nosuch]", PackageFailure.UnknownPackage)]
    [InlineData("apk", 99, "ERROR: Unable to lock database: Permission denied\nERROR: Failed to open apk database: Permission denied", PackageFailure.NotRoot)]
    [InlineData("apk", 99, "ERROR: Unable to lock database: Resource temporarily unavailable\nERROR: Failed to open apk database: Resource temporarily unavailable", PackageFailure.LockHeld)]
    [InlineData("apk", 1, "WARNING: fetching https://x/APKINDEX.tar.gz: temporary error (try again later)\nERROR: unable to select packages:\n  gperftools (no such package):", PackageFailure.NoNetwork)]
    [InlineData("apk", 1, "ERROR: x-1: UNTRUSTED signature", PackageFailure.BadSignature)]
    [InlineData("apk", 1, "ERROR: Failed to extract x: No space left on device", PackageFailure.NoSpace)]
    [InlineData("apt", 1, "sudo: a password is required", PackageFailure.NotRoot)]
    public void Is_told_apart(string manager, int exitCode, string text, PackageFailure failure)
    {
        var of = PackageManagers.All.Single(m => m.Name == manager);
        Assert.Equal(failure, of.Classify(new CommandResult(exitCode, "", text)));
        Assert.Equal(failure, of.Classify(new CommandResult(exitCode, text, "")));
    }
}
