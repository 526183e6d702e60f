# pacman with hand-made packages.
set -eu
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends pacman-package-manager zstd libarchive-tools makepkg
mkdir -p /tmp/d /srv/memtools-repo
cd /tmp/d
apt-get download -qq libgoogle-perftools4 libtcmalloc-minimal4 libunwind8 libjemalloc2 libmimalloc2.0
for d in *.deb; do dpkg -x "$d" root; done
L=/tmp/d/root/usr/lib/x86_64-linux-gnu

# NAME VERSION DEPENDENCIES FILES...
mk() {
    n=$1; v=$2; deps=$3; shift 3
    r=/tmp/d/p-$n
    mkdir -p "$r/usr/lib"
    for g in "$@"; do cp -a $L/$g "$r/usr/lib/"; done
    {
        printf 'pkgname = %s\npkgbase = %s\npkgver = %s-1\npkgdesc = %s\nurl = http://localhost\nbuilddate = 1\npackager = memtools\n' "$n" "$n" "$v" "$n"
        echo "size = $(du -sb "$r/usr" | cut -f1)"
        echo "arch = x86_64"
        for d in $deps; do echo "depend = $d"; done
    } >"$r/.PKGINFO"
    (cd "$r"; bsdtar --zstd -cf "/srv/memtools-repo/$n-$v-1-x86_64.pkg.tar.zst" .PKGINFO usr)
}
mk libunwind 1.6.2 "" 'libunwind*.so.8*'
mk gperftools 2.10 libunwind 'libtcmalloc*.so.4*' 'libprofiler.so.0*'
mk jemalloc 5.3.0 "" 'libjemalloc.so.2'
mk mimalloc 2.0.9 "" 'libmimalloc.so.2*'
cd /srv/memtools-repo
repo-add memtools.db.tar.gz *.pkg.tar.zst
cat >/etc/pacman.conf <<R
[options]
Architecture = x86_64
SigLevel = Never
[memtools]
Server = file:///srv/memtools-repo
R
mkdir -p /usr/lib
printf 'NAME="Memtools Arch-like"\nID=memtools-arch\nID_LIKE="arch"\n' >/etc/os-release
. /recipes/hide-dpkg.sh
