# A signed repository of RPMs, repacked from Debian's own libraries, and an unsigned copy of it: /repo/signed, /repo/unsigned.
set -eu
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends rpm createrepo-c gnupg gpg
mkdir -p /tmp/d/debs /repo/unsigned
cd /tmp/d/debs
apt-get download -qq libgoogle-perftools4 libtcmalloc-minimal4 libunwind8 libjemalloc2 libmimalloc2.0 liblsan0
cd ..
for d in debs/*.deb; do dpkg -x "$d" root; done
L=/tmp/d/root/usr/lib/x86_64-linux-gnu

# NAME VERSION FILES... (patterns below $L)
mk() {
    n=$1; v=$2; shift 2
    br=/tmp/d/br-$n
    mkdir -p "$br/usr/lib64"
    for f in "$@"; do cp -a $L/$f "$br/usr/lib64/"; done
    {
        cat <<S
Name: $n
Version: $v
Release: 1.mt
Summary: $n (repacked from Debian $v)
License: see Debian copyright
%description
$n
%install
mkdir -p %{buildroot}; cp -a $br/. %{buildroot}/
%post -p /sbin/ldconfig
%postun -p /sbin/ldconfig
%files
S
        (cd "$br" && find usr/lib64 -type f -o -type l | sed 's#^#/#')
    } >"$n.spec"
    rpmbuild -bb --quiet --target x86_64 --define "_topdir /tmp/d/rb" --define "_rpmdir /repo/unsigned" --define '_build_id_links none' \
        --define '__os_install_post %{nil}' --define 'debug_package %{nil}' "$n.spec"
}
mk libunwind 1.6.2 'libunwind.so.8*' 'libunwind-*.so.8*'
mk gperftools-libs 2.10 'libtcmalloc*.so.4*' 'libprofiler.so.0*'
mk jemalloc 5.3.0 'libjemalloc.so.2'
mk mimalloc 2.0.9 'libmimalloc.so.2*'
mk liblsan 12.2.0 'liblsan.so.0*'

# What the base image (installed by dpkg) gives, told to the RPM database as one header without files.
{
    cat <<S
Name: base-glibc
Version: 2.36
Release: 1.mt
Summary: What the base gives to RPM packages
License: LGPL
Provides: /sbin/ldconfig /bin/sh rtld(GNU_HASH) system-release = 9
S
    for f in /lib/x86_64-linux-gnu/libc.so.6 /lib/x86_64-linux-gnu/libm.so.6 /lib/x86_64-linux-gnu/libdl.so.2 /lib/x86_64-linux-gnu/libpthread.so.0 \
        /lib/x86_64-linux-gnu/librt.so.1 /lib/x86_64-linux-gnu/libgcc_s.so.1 /lib/x86_64-linux-gnu/liblzma.so.5 /lib/x86_64-linux-gnu/libz.so.1 \
        /usr/lib/x86_64-linux-gnu/libstdc++.so.6 /lib64/ld-linux-x86-64.so.2; do
        [ -e $f ] && readlink -f $f
    done | sort -u | /usr/lib/rpm/elfdeps --provides | sed 's/^/Provides: /'
    printf '%%description\nbase\n%%files\n'
} >base-glibc.spec
rpmbuild -bb --quiet --target x86_64 --define "_topdir /tmp/d/rb" --define "_rpmdir /repo/unsigned" base-glibc.spec

cp -a /repo/unsigned /repo/signed
export GNUPGHOME=/tmp/d/gnupg
mkdir -m700 -p $GNUPGHOME
gpg --batch --quiet --passphrase '' --quick-gen-key 'memtools test <test@example.invalid>' rsa2048 sign 0
gpg --armor --export >/repo/RPM-GPG-KEY
rpmsign --define '_gpg_name memtools test' --define '__gpg /usr/bin/gpg' --addsign /repo/signed/x86_64/*.rpm
createrepo_c -q /repo/signed
createrepo_c -q /repo/unsigned
