# shellcheck shell=bash
# Functions that build or reuse what the live bench boots: a Debian folder with QEMU, a guest kernel, an initrd.
#
# `run` sets here, cache, work and target. Everything lands in $cache, keyed by what it was made from; a part is written beside
# its place and renamed when complete,
# so that an interrupted run leaves nothing half-made behind. The caller runs in a mount namespace of its own: no mount outlives it.

readonly suite=trixie
readonly kernel_series=${QUIRK_LIVE_KERNEL:-7.3}
# What runs in the folder: QEMU from backports, and from the release the programs that build a kernel and go into the guest.
readonly backports_packages="qemu-system-x86 linux-source-$kernel_series"
readonly packages="gcc make flex bison bc libc6-dev libelf-dev libssl-dev cpio gzip xz-utils busybox-static pciutils kmod"

# shellcheck source=mirror.sh
. "$here/mirror.sh"
mirror=${QUIRK_LIVE_MIRROR:-$(debian_mirror)}
readonly mirror
[ -n "$mirror" ] || skip "apt's sources here name no Debian mirror: name one in QUIRK_LIVE_MIRROR"

say() { printf '%s  %s\n' "$(date +%H:%M:%S)" "$*" >&2; }
die() { say "error: $*"; exit 2; }

# retry COMMAND..: the network may hiccup, so try three times.
retry() {
    local try
    for try in 1 2 3; do
        "$@" && return 0
        say "attempt $try of 3 failed: $*"
        sleep $((try * 5))
    done
    return 1
}

key() { sha256sum | cut -c1-12; }

# in_root COMMAND..: run in the Debian folder, without this process's environment.
in_root() {
    env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
        ${http_proxy:+http_proxy="$http_proxy"} ${https_proxy:+https_proxy="$https_proxy"} chroot "$root" "$@"
}

install_debootstrap() {
    apt-get update -q && apt-get install -y -q debootstrap
}

bind_root() {
    mount --bind /dev "$root/dev"
    mount -t proc proc "$root/proc"
}

unbind_root() {
    umount "$root/proc" "$root/dev"
}

# root: the folder with QEMU, compilers and the programs of the guest.
prepare_root() {
    local wanted
    wanted=$(printf '%s\n' "$suite" "$mirror" "$backports_packages" "$packages" | key)
    root=$cache/root-$wanted
    if [ -e "$root" ]; then
        bind_root
        return
    fi
    command -v debootstrap >/dev/null || retry install_debootstrap >"$cache/apt.log" 2>&1 ||
        skip "debootstrap is not installed and could not be installed (see $cache/apt.log)"
    [ "$(df --output=avail -k "$cache" | tail -1)" -gt $((6 * 1024 * 1024)) ] || skip "less than 6 GB free in $cache"
    local done_root=$root
    root=$cache/root-$wanted.part
    rm -rf --one-file-system "$root"
    say "Debian $suite: debootstrap (about 30 s), log in $cache/root.log"
    retry debootstrap --variant=minbase "$suite" "$root" "$mirror" >"$cache/root.log" 2>&1 ||
        die "debootstrap failed, see $cache/root.log"
    echo "deb $mirror $suite-backports main" >"$root/etc/apt/sources.list.d/backports.list"
    printf 'Acquire::Retries "5";\nAPT::Install-Recommends "false";\n' >"$root/etc/apt/apt.conf.d/90quirk-live"
    bind_root
    say "Debian $suite: QEMU, Linux source and compilers (about 1 min)"
    {
        retry in_root apt-get update -q &&
            retry in_root apt-get install -y -q $packages &&
            retry in_root apt-get install -y -q -t "$suite-backports" $backports_packages &&
            in_root apt-get clean
    } >>"$cache/root.log" 2>&1 || die "installing packages failed, see $cache/root.log"
    unbind_root
    mv "$root" "$done_root"
    root=$done_root
    bind_root
}

# kernel: the build folder of the guest kernel, kept whole because modules are built against it.
prepare_kernel() {
    local version wanted
    version=$(in_root dpkg-query -W -f '${Version}' "linux-source-$kernel_series")
    wanted=$({ cat "$here/kernel.config"; echo "$version"; in_root gcc -dumpfullversion; } | key)
    kernel=$cache/kernel-$wanted
    mkdir -p "$root/kernel"
    if [ ! -e "$kernel" ]; then
        local part=$kernel.part
        rm -rf "$part"
        mkdir -p "$part"
        mount --bind "$part" "$root/kernel"
        say "Linux $version: unpacking"
        in_root tar -C /kernel --strip-components=1 -xf "/usr/src/linux-source-$kernel_series.tar.xz"
        cp "$here/kernel.config" "$part/quirk.config"
        say "Linux $version: building (4 to 10 min on two processors), log in $cache/kernel.log"
        ${QUIRK_LIVE_NICE:-} env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin chroot "$root" sh -ec "
            cd /kernel
            make -s tinyconfig
            scripts/kconfig/merge_config.sh -m .config quirk.config
            make -s olddefconfig
            make -j$(nproc) bzImage modules
        " >"$cache/kernel.log" 2>&1 || die "the kernel build failed, see $cache/kernel.log"
        grep -v '^#' "$here/kernel.config" | grep -v '=n$' | while read -r line; do
            [ -z "$line" ] || grep -qx "$line" "$part/.config" || die "the kernel's configuration lost \`$line\`"
        done
        umount "$root/kernel"
        mv "$part" "$kernel"
    fi
    mount --bind "$kernel" "$root/kernel"
}

# module: the variant driver of the examples, its table of devices compiled by the guest's quirkc, built against its kernel.
prepare_module() {
    local source=$here/../../examples/variant-driver built=$work/variant-driver
    cp -r "$source" "$built"
    "$work/tree/bin/quirkc" build --emit c "$source/devices.quirk" -o "$built/quirk_devices.h"
    in_root make -s -C /kernel M=/run/live/variant-driver W=1 modules >"$cache/module.log" 2>&1 ||
        die "the variant driver was not built, see $cache/module.log"
    [ ! -s "$cache/module.log" ] || die "the compiler warned of the variant driver, see $cache/module.log"
    cp "$built/quirk_vfio_pci.ko" "$work/tree/lib/"
}

# initrd: busybox, lspci, the variant driver, the project's programs and the bench's descriptions, in $work beside the kernel.
prepare_initrd() {
    local triple=x86_64-unknown-linux-gnu tree=$work/tree top=$here/../.. program library
    local programs="quirk-live-guest quirkc vfio-user-proxy"
    mkdir -p "$tree"/{bin,dev,lib,lib64} "$root/run/live"
    mount --bind "$work" "$root/run/live"
    # With an explicit target, so that build scripts and macros are not linked statically too.
    RUSTFLAGS="${RUSTFLAGS:-} -C target-feature=+crt-static" ${QUIRK_LIVE_NICE:-} cargo build -q --release \
        --manifest-path "$top/Cargo.toml" -p quirk-live -p quirkc -p vfio-user-proxy \
        $(printf -- '--bin %s ' $programs) --target $triple
    for program in $programs; do
        cp "$target/$triple/release/$program" "$tree/bin/"
        # The guest unpacks it at every boot, in software emulation.
        in_root strip "/run/live/tree/bin/$program"
    done
    # With the folders kept: one description names the other by its relative path.
    (cd "$top" && cp --parents tests/live/quirks/bench.quirk examples/variant-driver/free_space.quirk "$tree/")
    cp "$here/init" "$tree/init"
    cp "$root/usr/bin/busybox" "$root/usr/bin/lspci" "$tree/bin/"
    in_root ldd /usr/bin/lspci | grep -o '/[^ ]*' | while read -r library; do
        mkdir -p "$tree$(dirname "$library")"
        cp -L "$root$library" "$tree$library"
    done
    chmod +x "$tree/init"
    prepare_module
    in_root sh -c 'cd /run/live/tree && find . | cpio --quiet -o -H newc | gzip -1' >"$work/initrd"
    cp "$kernel/arch/x86/boot/bzImage" "$work/bzImage"
}
