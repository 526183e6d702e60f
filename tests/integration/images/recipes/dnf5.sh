# dnf 5 (of Debian sid) with a signed repository, and an unsigned one that is off.
set -eu
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends dnf5 rpm
mkdir -p /etc/rpm /srv /usr/lib64 /etc/yum.repos.d
# A container may not unshare name spaces for scriptlets, and Fedora's images keep no local copies of packages.
rm -f /usr/lib/*/rpm-plugins/unshare.so /etc/dnf/libdnf5-plugins/local.conf
rpm --initdb
. /recipes/rpm-system.sh
rm -rf /var/cache/libdnf5
. /recipes/hide-dpkg.sh
