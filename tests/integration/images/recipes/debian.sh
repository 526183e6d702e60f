# Debian with the C++ runtime and the test program.
set -eu
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends libstdc++6
apt-get clean
rm -rf /var/lib/apt/lists/*
mkdir -p /app
cp /leaky /app/leaky
rm -rf /leaky /recipes /repo
