# shellcheck shell=bash
# Where packages come from.

# debian_mirror: the Debian mirror of this system's apt, in whichever form its sources are written; nothing if it has none.
# Before the first update apt knows no labels, and a mirror is known by how Debian's archive is called on all of them.
debian_mirror() {
    local found
    found=$(apt-get indextargets --format '$(LABEL) $(SITE)' 'Identifier: Packages' 2>/dev/null | sed -n 's/^Debian //p')
    [ -n "$found" ] || found=$(apt-get indextargets --no-release-info --format '$(SITE)' 'Identifier: Packages' 2>/dev/null |
        grep -e '/debian/*$' -e '^mirror+file:') || true
    found=${found%%$'\n'*}
    case $found in
        mirror+file:*) found=$(grep -m 1 -o '^[a-z]*://[^[:space:]]*' "${found#mirror+file:}") || true ;;
    esac
    while [ "$found" != "${found%/}" ]; do found=${found%/}; done
    printf '%s\n' "$found"
}
