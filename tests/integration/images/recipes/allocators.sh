# The leak engines that Debian has, put into the image.
set -eu
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
if apt-cache show libgoogle-perftools4t64 >/dev/null 2>&1; then perftools=libgoogle-perftools4t64; else perftools=libgoogle-perftools4; fi
apt-get install -y -qq --no-install-recommends $perftools libjemalloc2 liblsan0 valgrind
apt-get clean
rm -rf /var/lib/apt/lists/* /leaky /recipes /repo
