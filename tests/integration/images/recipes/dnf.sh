# dnf 4 and yum (dnf under its old name) with a signed repository, and an unsigned one that is off.
set -eu
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends dnf rpm
mkdir -p /etc/rpm /var/lib/rpm /etc/yum.repos.d /srv /usr/lib64
echo '%_dbpath /var/lib/rpm' >/etc/rpm/macros # Debian's rpm keeps its database in the home folder otherwise
rpm --initdb
. /recipes/rpm-system.sh
ln -sf dnf-3 /usr/bin/yum
. /recipes/hide-dpkg.sh
