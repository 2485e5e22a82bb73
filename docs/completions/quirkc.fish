# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_quirkc_global_optspecs
    string join \n h/help V/version
end

function __fish_quirkc_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_quirkc_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_quirkc_using_subcommand
    set -l cmd (__fish_quirkc_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c quirkc -n "__fish_quirkc_needs_command" -s h -l help -d 'Print help'
complete -c quirkc -n "__fish_quirkc_needs_command" -s V -l version -d 'Print version'
complete -c quirkc -n "__fish_quirkc_needs_command" -f -a "check" -d 'Checks descriptions: syntax, names, layouts, matching'
complete -c quirkc -n "__fish_quirkc_needs_command" -f -a "explain" -d 'Says what a finding or a reason means, and how to mend it'
complete -c quirkc -n "__fish_quirkc_needs_command" -f -a "build" -d 'Compiles descriptions to Rust, C, JSON or a database file'
complete -c quirkc -n "__fish_quirkc_needs_command" -f -a "fmt" -d 'Formats descriptions, in place and without options'
complete -c quirkc -n "__fish_quirkc_needs_command" -f -a "plan" -d 'Shows where PASID would go on a recorded or a live device, and why'
complete -c quirkc -n "__fish_quirkc_needs_command" -f -a "map" -d 'Draws what lies where in a configuration space: capabilities, what a description declares, what is free, and PASID'
complete -c quirkc -n "__fish_quirkc_needs_command" -f -a "diff" -d 'Compares two states of descriptions by meaning, and says what breaks those who rely on the old one'
complete -c quirkc -n "__fish_quirkc_needs_command" -f -a "import" -d 'Writes a draft of a description from dumps or live functions: what is where, and who should be asked about the rest'
complete -c quirkc -n "__fish_quirkc_needs_command" -f -a "new" -d 'Writes a description to be filled in, for a device of which nothing was recorded yet'
complete -c quirkc -n "__fish_quirkc_needs_command" -f -a "match" -d 'Says which description applies to a function, which others are for its ids and what keeps them away, and which layers apply'
complete -c quirkc -n "__fish_quirkc_needs_command" -f -a "doctor" -d 'Says why PASID, ATS or PRI would not come up in a Linux guest, register by register, and what helps'
complete -c quirkc -n "__fish_quirkc_needs_command" -f -a "devices" -d 'Lists the functions of this machine that vfio-pci can take, with what is known of their PASID'
complete -c quirkc -n "__fish_quirkc_needs_command" -f -a "doc" -d 'Writes descriptions as a site: a page for each device, and a list of them that can be searched'
complete -c quirkc -n "__fish_quirkc_needs_command" -f -a "report" -d 'Writes a dump or a live function as text of `lspci -xxxx` without what names one device or machine'
complete -c quirkc -n "__fish_quirkc_needs_command" -f -a "survey" -d 'Surveys recorded functions of folders and archives: PASID, odd lists, gaps, bytes outside of capabilities, and what descriptions cover'
complete -c quirkc -n "__fish_quirkc_needs_command" -f -a "rules" -d 'Lists the rules: code, name, severity, meaning'
complete -c quirkc -n "__fish_quirkc_needs_command" -f -a "test" -d 'Runs the tests of descriptions'
complete -c quirkc -n "__fish_quirkc_needs_command" -f -a "verify" -d 'Compares descriptions with functions, with folders of records, and with tables of what vendors publish'
complete -c quirkc -n "__fish_quirkc_needs_command" -f -a "lsp" -d 'Serves an editor with what the compiler knows: the language server protocol on standard input and output'
complete -c quirkc -n "__fish_quirkc_needs_command" -f -a "completions" -d 'Prints completions for a shell'
complete -c quirkc -n "__fish_quirkc_needs_command" -f -a "man" -d 'Prints the manual page of the program or of a verb, or writes all of them'
complete -c quirkc -n "__fish_quirkc_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c quirkc -n "__fish_quirkc_using_subcommand check" -s L -l library -d 'Folders where `use` looks for files that do not lie beside the one that names them' -r -F
complete -c quirkc -n "__fish_quirkc_using_subcommand check" -l config -d 'The configuration, instead of the `quirkc.toml` that lies nearest above the files' -r -F
complete -c quirkc -n "__fish_quirkc_using_subcommand check" -l stdin-filename -d 'What to call the text of standard input; files that it uses lie beside this one' -r -F
complete -c quirkc -n "__fish_quirkc_using_subcommand check" -l deny -d 'Exit with 1 for these too' -r -f -a "warnings\t'Everything'"
complete -c quirkc -n "__fish_quirkc_using_subcommand check" -l format -d 'How to print findings' -r -f -a "full\t'Findings with the text that they are about'
concise\t'A line for each finding, and lines for the other places and the way out'
json\t'One object; see docs/check-json.md'
github\t'Annotations of GitHub Actions'
sarif\t'SARIF 2.1.0, for code scanning'
gitlab\t'Code Quality of GitLab'
junit\t'Tests as `JUnit` XML, one for each file without findings and one for each finding'"
complete -c quirkc -n "__fish_quirkc_using_subcommand check" -l no-config -d 'Use no configuration'
complete -c quirkc -n "__fish_quirkc_using_subcommand check" -l all -d 'Show all findings, not just the first 100 of each file; formats other than `full` always do'
complete -c quirkc -n "__fish_quirkc_using_subcommand check" -l statistics -d 'Print how many findings each rule has, instead of the findings'
complete -c quirkc -n "__fish_quirkc_using_subcommand check" -l fix -d 'Make the fixes that are safe. The fixed text of standard input goes to standard output, findings to standard error'
complete -c quirkc -n "__fish_quirkc_using_subcommand check" -l unsafe-fixes -d 'Make those too that may not be what was meant'
complete -c quirkc -n "__fish_quirkc_using_subcommand check" -l diff -d 'Show what fixes would change, as a unified diff, and write nothing; exit with 1 if they would change anything'
complete -c quirkc -n "__fish_quirkc_using_subcommand check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c quirkc -n "__fish_quirkc_using_subcommand explain" -s h -l help -d 'Print help'
complete -c quirkc -n "__fish_quirkc_using_subcommand build" -l emit -d 'What to write' -r -f -a "rust\t'A module with a static `DATABASE`, for a crate that depends on `quirk-runtime`'
c\t'C11, for a kernel driver or QEMU: one header, or with `--header` a header and a source file'
json\t'All facts in words and numbers; see docs/db-json.md'
db\t'A file that the runtime loads'"
complete -c quirkc -n "__fish_quirkc_using_subcommand build" -s o -l output -d 'Where to write it; `-` is standard output' -r -F
complete -c quirkc -n "__fish_quirkc_using_subcommand build" -l prefix -d 'With `--emit c`: names begin with this, macros with it in capitals' -r
complete -c quirkc -n "__fish_quirkc_using_subcommand build" -l types -d 'With `--emit c`: what integers are called; `kernel` also leaves out what a kernel\'s checks do not like' -r -f -a "stdint\t'`uint16_t`'
kernel\t'`u16`'"
complete -c quirkc -n "__fish_quirkc_using_subcommand build" -l header -d 'With `--emit c`: write two files, `--output` with the tables and this header, which it includes' -r -F
complete -c quirkc -n "__fish_quirkc_using_subcommand build" -l db -d 'With `--emit rust`: write two files, `--output` with an index that people read, and this database in the same folder, which it includes' -r -F
complete -c quirkc -n "__fish_quirkc_using_subcommand build" -l depfile -d 'Write, as a rule for make or ninja, which files the output was made from' -r -F
complete -c quirkc -n "__fish_quirkc_using_subcommand build" -s L -l library -d 'Folders where `use` looks for files that do not lie beside the one that names them' -r -F
complete -c quirkc -n "__fish_quirkc_using_subcommand build" -l config -d 'The configuration, instead of the `quirkc.toml` that lies nearest above the files' -r -F
complete -c quirkc -n "__fish_quirkc_using_subcommand build" -l check -d 'Write nothing; say whether the output is what would be written'
complete -c quirkc -n "__fish_quirkc_using_subcommand build" -l watch -d 'Write it again whenever a description changes, until the program is stopped'
complete -c quirkc -n "__fish_quirkc_using_subcommand build" -l no-config -d 'Use no configuration'
complete -c quirkc -n "__fish_quirkc_using_subcommand build" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c quirkc -n "__fish_quirkc_using_subcommand fmt" -l check -d 'Change nothing; name the files that are not formatted'
complete -c quirkc -n "__fish_quirkc_using_subcommand fmt" -l diff -d 'Change nothing; print what would change'
complete -c quirkc -n "__fish_quirkc_using_subcommand fmt" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c quirkc -n "__fish_quirkc_using_subcommand plan" -l config -d 'The older spelling of DUMP' -r -F
complete -c quirkc -n "__fish_quirkc_using_subcommand plan" -l device -d 'The older spelling of BDF' -r
complete -c quirkc -n "__fish_quirkc_using_subcommand plan" -l function -d 'Look at this function of the dump only' -r
complete -c quirkc -n "__fish_quirkc_using_subcommand plan" -l function-kind -d 'What kind of function it is, where neither its bytes nor sysfs prove it' -r -f -a "physical\t'A physical function'
virtual\t'A virtual function, which has no PASID capability of its own'"
complete -c quirkc -n "__fish_quirkc_using_subcommand plan" -l id -d 'Vendor and device id, where the bytes do not have them: those of a virtual function read ffff:ffff' -r
complete -c quirkc -n "__fish_quirkc_using_subcommand plan" -l sysfs -d 'A sysfs that lies elsewhere; devices are then not opened' -r -F
complete -c quirkc -n "__fish_quirkc_using_subcommand plan" -l pci-ids -d 'The list of PCI ids that a name comes from where nothing else names the function, instead of the system\'s' -r -F
complete -c quirkc -n "__fish_quirkc_using_subcommand plan" -l view -d 'What the bytes are taken to be seen through; `raw` for a device that was read through VFIO, else `vfio`' -r -f -a "vfio\t'What vfio-pci shows of a device with these bytes'
raw\t'The bytes as they are: what a device behind VFIO, or without it, answers'"
complete -c quirkc -n "__fish_quirkc_using_subcommand plan" -l pasid -d 'The host\'s PASID support for the device, `noats` if its IOMMU has no ATS for it; without it what VFIO tells, if anything' -r
complete -c quirkc -n "__fish_quirkc_using_subcommand plan" -l viommu-pasid -d 'The vIOMMU\'s PASID width; 0 means that it has no PASID' -r
complete -c quirkc -n "__fish_quirkc_using_subcommand plan" -l place -d 'Only these sources may place PASID, in their fixed order; what must be opted in is opted in' -r -f -a "operator\t'The offset or the ranges that are given beside it'
profile\t'The profile that is given beside it'
entry\t'The `place` list of the function\'s description'
dvsec\t'A free-space DVSEC of the device'
native\t'The function\'s own capability, where it is known'
probed\t'The same, and where bytes that no list reaches look like one'
tail\t'The last 8 bytes, if they read 0 and nobody has a claim on them'
none\t'Nothing: PASID is placed nowhere'"
complete -c quirkc -n "__fish_quirkc_using_subcommand plan" -l offset -d 'Put PASID here, or nowhere' -r
complete -c quirkc -n "__fish_quirkc_using_subcommand plan" -l ranges -d 'Put PASID at the lowest free offset of these ranges, or nowhere; the end is not in it' -r
complete -c quirkc -n "__fish_quirkc_using_subcommand plan" -l profile -d 'Impose this profile of the descriptions, or place nothing' -r
complete -c quirkc -n "__fish_quirkc_using_subcommand plan" -l vmm-owned -d 'Bytes that the VMM emulates itself; may be given several times' -r
complete -c quirkc -n "__fish_quirkc_using_subcommand plan" -l least-evidence -d 'The weakest evidence with which a declared free range counts' -r -f -a "none\t'None at all'
dump\t'A recorded configuration space'
probe\t'Bytes that were written and read back'
driver\t'A driver\'s source'
vendor\t'The word of the vendor'
datasheet\t'A datasheet'"
complete -c quirkc -n "__fish_quirkc_using_subcommand plan" -l layer -d 'Switch on a layer, with its parameters: numbers, or bytes as hex digits. May be given several times' -r
complete -c quirkc -n "__fish_quirkc_using_subcommand plan" -l without-layer -d 'Switch off a layer that is on by default. May be given several times' -r
complete -c quirkc -n "__fish_quirkc_using_subcommand plan" -l quirks -d 'Descriptions that are added to the embedded library, and beat it: files, folders of `.quirk` files, or `.db` files of `quirkc build`' -r -F
complete -c quirkc -n "__fish_quirkc_using_subcommand plan" -l only-quirks -d 'Descriptions that take the place of the embedded library' -r -F
complete -c quirkc -n "__fish_quirkc_using_subcommand plan" -l format -d 'What to print' -r -f -a "text\t'Tables and a map'
json\t'One object, or an array of them if the dump holds several functions; see docs/plan-json.md'
qemu\t'Arguments for QEMU 11 that put PASID there, where that is safe: iommufd, vIOMMU, device; see docs/plan-qemu.md'
libvirt\t'The same for libvirt, as the elements of a domain; see docs/plan-qemu.md'"
complete -c quirkc -n "__fish_quirkc_using_subcommand plan" -l viommu -d 'The vIOMMU of the machine that QEMU or libvirt is to make' -r -f -a "intel\t'x86: `intel-iommu`'
smmuv3\t'Arm: `arm-smmuv3`'"
complete -c quirkc -n "__fish_quirkc_using_subcommand plan" -l write-config -d 'Write the guest\'s configuration space, raw, as many bytes as were recorded' -r -F
complete -c quirkc -n "__fish_quirkc_using_subcommand plan" -l write-lspci -d 'Write the guest\'s configuration space as text that `lspci -F` reads' -r -F
complete -c quirkc -n "__fish_quirkc_using_subcommand plan" -l as-recorded -d 'Judge a record by its own PASID control register, as a machine of now. Otherwise the answer is for a host that will enable PASID, and gives at most what the function\'s own capability has'
complete -c quirkc -n "__fish_quirkc_using_subcommand plan" -l tail -d 'What VMMs do today, checked: the last 8 bytes, only if nothing says otherwise'
complete -c quirkc -n "__fish_quirkc_using_subcommand plan" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c quirkc -n "__fish_quirkc_using_subcommand map" -l function -d 'Look at this function of the dump only' -r
complete -c quirkc -n "__fish_quirkc_using_subcommand map" -l function-kind -d 'What kind of function it is, where neither its bytes nor sysfs prove it' -r -f -a "physical\t'A physical function'
virtual\t'A virtual function, which has no PASID capability of its own'"
complete -c quirkc -n "__fish_quirkc_using_subcommand map" -l id -d 'Vendor and device id, where the bytes do not have them: those of a virtual function read ffff:ffff' -r
complete -c quirkc -n "__fish_quirkc_using_subcommand map" -l sysfs -d 'A sysfs that lies elsewhere; devices are then not opened' -r -F
complete -c quirkc -n "__fish_quirkc_using_subcommand map" -l entry -d 'Lay this device of the descriptions over it, whatever it matches; alone, draw the description' -r
complete -c quirkc -n "__fish_quirkc_using_subcommand map" -l view -d 'What the bytes are taken to be seen through; `raw` for a device that was read through VFIO, else `vfio`' -r -f -a "vfio\t'What vfio-pci shows of a device with these bytes'
raw\t'The bytes as they are: what a device behind VFIO, or without it, answers'"
complete -c quirkc -n "__fish_quirkc_using_subcommand map" -l pasid -d 'The host\'s PASID support for the device, `noats` if its IOMMU has no ATS for it; without it what VFIO tells, if anything' -r
complete -c quirkc -n "__fish_quirkc_using_subcommand map" -l viommu-pasid -d 'The vIOMMU\'s PASID width; 0 means that it has no PASID' -r
complete -c quirkc -n "__fish_quirkc_using_subcommand map" -l place -d 'Only these sources may place PASID, in their fixed order; what must be opted in is opted in' -r -f -a "operator\t'The offset or the ranges that are given beside it'
profile\t'The profile that is given beside it'
entry\t'The `place` list of the function\'s description'
dvsec\t'A free-space DVSEC of the device'
native\t'The function\'s own capability, where it is known'
probed\t'The same, and where bytes that no list reaches look like one'
tail\t'The last 8 bytes, if they read 0 and nobody has a claim on them'
none\t'Nothing: PASID is placed nowhere'"
complete -c quirkc -n "__fish_quirkc_using_subcommand map" -l offset -d 'Put PASID here, or nowhere' -r
complete -c quirkc -n "__fish_quirkc_using_subcommand map" -l ranges -d 'Put PASID at the lowest free offset of these ranges, or nowhere; the end is not in it' -r
complete -c quirkc -n "__fish_quirkc_using_subcommand map" -l profile -d 'Impose this profile of the descriptions, or place nothing' -r
complete -c quirkc -n "__fish_quirkc_using_subcommand map" -l vmm-owned -d 'Bytes that the VMM emulates itself; may be given several times' -r
complete -c quirkc -n "__fish_quirkc_using_subcommand map" -l least-evidence -d 'The weakest evidence with which a declared free range counts' -r -f -a "none\t'None at all'
dump\t'A recorded configuration space'
probe\t'Bytes that were written and read back'
driver\t'A driver\'s source'
vendor\t'The word of the vendor'
datasheet\t'A datasheet'"
complete -c quirkc -n "__fish_quirkc_using_subcommand map" -l layer -d 'Switch on a layer, with its parameters: numbers, or bytes as hex digits. May be given several times' -r
complete -c quirkc -n "__fish_quirkc_using_subcommand map" -l without-layer -d 'Switch off a layer that is on by default. May be given several times' -r
complete -c quirkc -n "__fish_quirkc_using_subcommand map" -l quirks -d 'Descriptions that are added to the embedded library, and beat it: files, folders of `.quirk` files, or `.db` files of `quirkc build`' -r -F
complete -c quirkc -n "__fish_quirkc_using_subcommand map" -l only-quirks -d 'Descriptions that take the place of the embedded library' -r -F
complete -c quirkc -n "__fish_quirkc_using_subcommand map" -l format -d 'What to draw' -r -f -a "text\t'Letters for a terminal, and a list of regions'
svg\t'A picture'
html\t'One page that needs nothing else, for a browser'
json\t'One object; see docs/map.md'"
complete -c quirkc -n "__fish_quirkc_using_subcommand map" -s o -l output -d 'Write to this file, instead of standard output' -r -F
complete -c quirkc -n "__fish_quirkc_using_subcommand map" -l width -d 'How wide the text may be; as wide as the terminal says (`COLUMNS`), else 80' -r
complete -c quirkc -n "__fish_quirkc_using_subcommand map" -l bare -d 'Lay no description over the bytes'
complete -c quirkc -n "__fish_quirkc_using_subcommand map" -l tail -d 'What VMMs do today, checked: the last 8 bytes, only if nothing says otherwise'
complete -c quirkc -n "__fish_quirkc_using_subcommand map" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c quirkc -n "__fish_quirkc_using_subcommand diff" -l level -d 'How a rule is judged: `off`, `warn` or `error`; beats the `diff` table of `quirkc.toml`. May be given several times' -r
complete -c quirkc -n "__fish_quirkc_using_subcommand diff" -l config -d 'The configuration, instead of the `quirkc.toml` that lies nearest above NEW' -r -F
complete -c quirkc -n "__fish_quirkc_using_subcommand diff" -l format -d 'What to print' -r -f -a "text\t'A list for people'
json\t'One object; see docs/diff.md'"
complete -c quirkc -n "__fish_quirkc_using_subcommand diff" -l no-config -d 'Use no configuration'
complete -c quirkc -n "__fish_quirkc_using_subcommand diff" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c quirkc -n "__fish_quirkc_using_subcommand import" -l function -d 'Look at this function of the dump only' -r
complete -c quirkc -n "__fish_quirkc_using_subcommand import" -l function-kind -d 'What kind of function it is, where neither its bytes nor sysfs prove it' -r -f -a "physical\t'A physical function'
virtual\t'A virtual function, which has no PASID capability of its own'"
complete -c quirkc -n "__fish_quirkc_using_subcommand import" -l id -d 'Vendor and device id, where the bytes do not have them: those of a virtual function read ffff:ffff' -r
complete -c quirkc -n "__fish_quirkc_using_subcommand import" -l sysfs -d 'A sysfs that lies elsewhere; devices are then not opened' -r -F
complete -c quirkc -n "__fish_quirkc_using_subcommand import" -l name -d 'What the device is called in the description; only for one device' -r
complete -c quirkc -n "__fish_quirkc_using_subcommand import" -l like -d 'A device that it is like: what that one declares is taken over by `like`, and only what differs is written' -r
complete -c quirkc -n "__fish_quirkc_using_subcommand import" -l quirks -d 'Files and folders in which `--like` looks; the folder of the output unless it is said' -r -F
complete -c quirkc -n "__fish_quirkc_using_subcommand import" -l evidence -d 'Where a stranger finds the dumps, as evidence; the names of the files unless it is said' -r
complete -c quirkc -n "__fish_quirkc_using_subcommand import" -s o -l output -d 'Write to this file, instead of standard output; one that is there is not overwritten' -r -F
complete -c quirkc -n "__fish_quirkc_using_subcommand import" -l format -d 'What to print' -r -f -a "text\t'The draft itself'
json\t'One object with the draft and what it leaves out; see docs/import.md'"
complete -c quirkc -n "__fish_quirkc_using_subcommand import" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c quirkc -n "__fish_quirkc_using_subcommand new" -l name -d 'What the device is called in the description' -r
complete -c quirkc -n "__fish_quirkc_using_subcommand new" -l title -d 'What its vendor calls it' -r
complete -c quirkc -n "__fish_quirkc_using_subcommand new" -l like -d 'A device that it is like: what that one declares is taken over by `like`, and only what differs is written' -r
complete -c quirkc -n "__fish_quirkc_using_subcommand new" -l quirks -d 'Files and folders in which `--like` looks; the folder of the output unless it is said' -r -F
complete -c quirkc -n "__fish_quirkc_using_subcommand new" -s o -l output -d 'Write to this file, instead of standard output; one that is there is not overwritten' -r -F
complete -c quirkc -n "__fish_quirkc_using_subcommand new" -l format -d 'What to print' -r -f -a "text\t'The description itself'
json\t'One object with the description; see docs/import.md'"
complete -c quirkc -n "__fish_quirkc_using_subcommand new" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c quirkc -n "__fish_quirkc_using_subcommand match" -l function -d 'Look at this function of the dump only' -r
complete -c quirkc -n "__fish_quirkc_using_subcommand match" -l function-kind -d 'What kind of function it is, where neither its bytes nor sysfs prove it' -r -f -a "physical\t'A physical function'
virtual\t'A virtual function, which has no PASID capability of its own'"
complete -c quirkc -n "__fish_quirkc_using_subcommand match" -l id -d 'Vendor and device id, where the bytes do not have them: those of a virtual function read ffff:ffff' -r
complete -c quirkc -n "__fish_quirkc_using_subcommand match" -l sysfs -d 'A sysfs that lies elsewhere; devices are then not opened' -r -F
complete -c quirkc -n "__fish_quirkc_using_subcommand match" -l subsystem -d 'The subsystem\'s vendor and device id, beside ids' -r
complete -c quirkc -n "__fish_quirkc_using_subcommand match" -l revision -d 'The revision in hex, beside ids' -r
complete -c quirkc -n "__fish_quirkc_using_subcommand match" -l class -d 'The class code in hex, beside ids: base class, subclass, programming interface' -r
complete -c quirkc -n "__fish_quirkc_using_subcommand match" -l view -d 'What the bytes are taken to be seen through; `raw` for a device that was read through VFIO, else `vfio`' -r -f -a "vfio\t'What vfio-pci shows of a device with these bytes'
raw\t'The bytes as they are: what a device behind VFIO, or without it, answers'"
complete -c quirkc -n "__fish_quirkc_using_subcommand match" -l quirks -d 'Descriptions that are added to the embedded library, and beat it: files, folders of `.quirk` files, or `.db` files of `quirkc build`' -r -F
complete -c quirkc -n "__fish_quirkc_using_subcommand match" -l only-quirks -d 'Descriptions that take the place of the embedded library' -r -F
complete -c quirkc -n "__fish_quirkc_using_subcommand match" -l format -d 'What to print' -r -f -a "text\t'A list for people'
json\t'One object; see docs/match.md'"
complete -c quirkc -n "__fish_quirkc_using_subcommand match" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c quirkc -n "__fish_quirkc_using_subcommand doctor" -l function -d 'Look at this function of the dump only' -r
complete -c quirkc -n "__fish_quirkc_using_subcommand doctor" -l function-kind -d 'What kind of function it is, where neither its bytes nor sysfs prove it' -r -f -a "physical\t'A physical function'
virtual\t'A virtual function, which has no PASID capability of its own'"
complete -c quirkc -n "__fish_quirkc_using_subcommand doctor" -l id -d 'Vendor and device id, where the bytes do not have them: those of a virtual function read ffff:ffff' -r
complete -c quirkc -n "__fish_quirkc_using_subcommand doctor" -l sysfs -d 'A sysfs that lies elsewhere; devices are then not opened' -r -F
complete -c quirkc -n "__fish_quirkc_using_subcommand doctor" -l view -d 'What the bytes are taken to be seen through; `raw` for a device that was read through VFIO, else `vfio`' -r -f -a "vfio\t'What vfio-pci shows of a device with these bytes'
raw\t'The bytes as they are: what a device behind VFIO, or without it, answers'"
complete -c quirkc -n "__fish_quirkc_using_subcommand doctor" -l pasid -d 'The host\'s PASID support for the device, `noats` if its IOMMU has no ATS for it; without it what VFIO tells, if anything' -r
complete -c quirkc -n "__fish_quirkc_using_subcommand doctor" -l viommu-pasid -d 'The vIOMMU\'s PASID width; 0 means that it has no PASID' -r
complete -c quirkc -n "__fish_quirkc_using_subcommand doctor" -l place -d 'Only these sources may place PASID, in their fixed order; what must be opted in is opted in' -r -f -a "operator\t'The offset or the ranges that are given beside it'
profile\t'The profile that is given beside it'
entry\t'The `place` list of the function\'s description'
dvsec\t'A free-space DVSEC of the device'
native\t'The function\'s own capability, where it is known'
probed\t'The same, and where bytes that no list reaches look like one'
tail\t'The last 8 bytes, if they read 0 and nobody has a claim on them'
none\t'Nothing: PASID is placed nowhere'"
complete -c quirkc -n "__fish_quirkc_using_subcommand doctor" -l offset -d 'Put PASID here, or nowhere' -r
complete -c quirkc -n "__fish_quirkc_using_subcommand doctor" -l ranges -d 'Put PASID at the lowest free offset of these ranges, or nowhere; the end is not in it' -r
complete -c quirkc -n "__fish_quirkc_using_subcommand doctor" -l profile -d 'Impose this profile of the descriptions, or place nothing' -r
complete -c quirkc -n "__fish_quirkc_using_subcommand doctor" -l vmm-owned -d 'Bytes that the VMM emulates itself; may be given several times' -r
complete -c quirkc -n "__fish_quirkc_using_subcommand doctor" -l least-evidence -d 'The weakest evidence with which a declared free range counts' -r -f -a "none\t'None at all'
dump\t'A recorded configuration space'
probe\t'Bytes that were written and read back'
driver\t'A driver\'s source'
vendor\t'The word of the vendor'
datasheet\t'A datasheet'"
complete -c quirkc -n "__fish_quirkc_using_subcommand doctor" -l layer -d 'Switch on a layer, with its parameters: numbers, or bytes as hex digits. May be given several times' -r
complete -c quirkc -n "__fish_quirkc_using_subcommand doctor" -l without-layer -d 'Switch off a layer that is on by default. May be given several times' -r
complete -c quirkc -n "__fish_quirkc_using_subcommand doctor" -l quirks -d 'Descriptions that are added to the embedded library, and beat it: files, folders of `.quirk` files, or `.db` files of `quirkc build`' -r -F
complete -c quirkc -n "__fish_quirkc_using_subcommand doctor" -l only-quirks -d 'Descriptions that take the place of the embedded library' -r -F
complete -c quirkc -n "__fish_quirkc_using_subcommand doctor" -l vmm -d 'The VMM of the guest, which may change what is shown on the way' -r -f -a "qemu\t'QEMU: it changes types, lists and the multi-function bit on the way'
cloud-hypervisor\t'Cloud Hypervisor: every function is on the root bus'
none\t'None, or one that passes configuration space on as it is'"
complete -c quirkc -n "__fish_quirkc_using_subcommand doctor" -l bus -d 'Where the VMM attaches the function: `root`, or behind an emulated port: `port:pcie-root-port`, `port:ioh3420`, `port:xio3130-downstream`; another model by `port:with-acs` or `port:without-acs`' -r
complete -c quirkc -n "__fish_quirkc_using_subcommand doctor" -l viommu -d 'The vIOMMU of the guest and what is switched on in it: `intel`, `smmuv3`, `amd` or `virtio`' -r
complete -c quirkc -n "__fish_quirkc_using_subcommand doctor" -l want -d 'What the guest wants to use; everything unless said otherwise' -r -f -a "pasid\t'Process address space ids'
ats\t'Address translation services'
pri\t'Page requests'"
complete -c quirkc -n "__fish_quirkc_using_subcommand doctor" -l format -d 'What to print' -r -f -a "text\t'A line for each check, and what helps'
json\t'One object, or an array of them if the dump holds several functions; see docs/doctor-json.md'"
complete -c quirkc -n "__fish_quirkc_using_subcommand doctor" -l tail -d 'What VMMs do today, checked: the last 8 bytes, only if nothing says otherwise'
complete -c quirkc -n "__fish_quirkc_using_subcommand doctor" -l checks -d 'List the checks with what Linux does and examples, and look at no function'
complete -c quirkc -n "__fish_quirkc_using_subcommand doctor" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c quirkc -n "__fish_quirkc_using_subcommand devices" -l sysfs -d 'A sysfs that lies elsewhere; devices are then not opened' -r -F
complete -c quirkc -n "__fish_quirkc_using_subcommand devices" -l pci-ids -d 'The list of PCI ids that names come from, instead of the system\'s' -r -F
complete -c quirkc -n "__fish_quirkc_using_subcommand devices" -l place -d 'Only these sources may place PASID, in their fixed order; what must be opted in is opted in' -r -f -a "operator\t'The offset or the ranges that are given beside it'
profile\t'The profile that is given beside it'
entry\t'The `place` list of the function\'s description'
dvsec\t'A free-space DVSEC of the device'
native\t'The function\'s own capability, where it is known'
probed\t'The same, and where bytes that no list reaches look like one'
tail\t'The last 8 bytes, if they read 0 and nobody has a claim on them'
none\t'Nothing: PASID is placed nowhere'"
complete -c quirkc -n "__fish_quirkc_using_subcommand devices" -l offset -d 'Put PASID here, or nowhere' -r
complete -c quirkc -n "__fish_quirkc_using_subcommand devices" -l ranges -d 'Put PASID at the lowest free offset of these ranges, or nowhere; the end is not in it' -r
complete -c quirkc -n "__fish_quirkc_using_subcommand devices" -l profile -d 'Impose this profile of the descriptions, or place nothing' -r
complete -c quirkc -n "__fish_quirkc_using_subcommand devices" -l vmm-owned -d 'Bytes that the VMM emulates itself; may be given several times' -r
complete -c quirkc -n "__fish_quirkc_using_subcommand devices" -l least-evidence -d 'The weakest evidence with which a declared free range counts' -r -f -a "none\t'None at all'
dump\t'A recorded configuration space'
probe\t'Bytes that were written and read back'
driver\t'A driver\'s source'
vendor\t'The word of the vendor'
datasheet\t'A datasheet'"
complete -c quirkc -n "__fish_quirkc_using_subcommand devices" -l layer -d 'Switch on a layer, with its parameters: numbers, or bytes as hex digits. May be given several times' -r
complete -c quirkc -n "__fish_quirkc_using_subcommand devices" -l without-layer -d 'Switch off a layer that is on by default. May be given several times' -r
complete -c quirkc -n "__fish_quirkc_using_subcommand devices" -l quirks -d 'Descriptions that are added to the embedded library, and beat it: files, folders of `.quirk` files, or `.db` files of `quirkc build`' -r -F
complete -c quirkc -n "__fish_quirkc_using_subcommand devices" -l only-quirks -d 'Descriptions that take the place of the embedded library' -r -F
complete -c quirkc -n "__fish_quirkc_using_subcommand devices" -l format -d 'What to print' -r -f -a "text\t'A table'
json\t'One object; see docs/devices-json.md'"
complete -c quirkc -n "__fish_quirkc_using_subcommand devices" -l no-open -d 'Open no device, not even those that are on vfio-pci'
complete -c quirkc -n "__fish_quirkc_using_subcommand devices" -l tail -d 'What VMMs do today, checked: the last 8 bytes, only if nothing says otherwise'
complete -c quirkc -n "__fish_quirkc_using_subcommand devices" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c quirkc -n "__fish_quirkc_using_subcommand doc" -s o -l output -d 'The folder of the site' -r -F
complete -c quirkc -n "__fish_quirkc_using_subcommand doc" -l title -d 'What the list of devices is called' -r
complete -c quirkc -n "__fish_quirkc_using_subcommand doc" -l playground -d 'Where the playground is: each device\'s page leads there, with the device\'s text. Otherwise `playground` of `quirkc.toml` counts' -r
complete -c quirkc -n "__fish_quirkc_using_subcommand doc" -l format -d 'What to print; the pages are written in any case' -r -f -a "text\t'Where the list of devices is'
json\t'One object with what was written; see docs/doc.md'"
complete -c quirkc -n "__fish_quirkc_using_subcommand doc" -s L -l library -d 'Folders where `use` looks for files that do not lie beside the one that names them' -r -F
complete -c quirkc -n "__fish_quirkc_using_subcommand doc" -l config -d 'The configuration, instead of the `quirkc.toml` that lies nearest above the files' -r -F
complete -c quirkc -n "__fish_quirkc_using_subcommand doc" -l no-config -d 'Use no configuration'
complete -c quirkc -n "__fish_quirkc_using_subcommand doc" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c quirkc -n "__fish_quirkc_using_subcommand report" -l function -d 'Look at this function of the dump only' -r
complete -c quirkc -n "__fish_quirkc_using_subcommand report" -l function-kind -d 'What kind of function it is, where neither its bytes nor sysfs prove it' -r -f -a "physical\t'A physical function'
virtual\t'A virtual function, which has no PASID capability of its own'"
complete -c quirkc -n "__fish_quirkc_using_subcommand report" -l id -d 'Vendor and device id, where the bytes do not have them: those of a virtual function read ffff:ffff' -r
complete -c quirkc -n "__fish_quirkc_using_subcommand report" -l sysfs -d 'A sysfs that lies elsewhere; devices are then not opened' -r -F
complete -c quirkc -n "__fish_quirkc_using_subcommand report" -s o -l output -d 'Write to this file, instead of standard output' -r -F
complete -c quirkc -n "__fish_quirkc_using_subcommand report" -l format -d 'What to print' -r -f -a "text\t'The text itself'
json\t'One object with the text and what was taken out; see docs/report.md'"
complete -c quirkc -n "__fish_quirkc_using_subcommand report" -l subsystem -d 'Take out the subsystem\'s ids too: they tell who built the card or the machine'
complete -c quirkc -n "__fish_quirkc_using_subcommand report" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c quirkc -n "__fish_quirkc_using_subcommand survey" -l quirks -d 'Descriptions that are added to the embedded library, and beat it: files, folders of `.quirk` files, or `.db` files of `quirkc build`' -r -F
complete -c quirkc -n "__fish_quirkc_using_subcommand survey" -l only-quirks -d 'Descriptions that take the place of the embedded library' -r -F
complete -c quirkc -n "__fish_quirkc_using_subcommand survey" -l threads -d 'How many files are read at once; as many as there are processors unless it is said' -r
complete -c quirkc -n "__fish_quirkc_using_subcommand survey" -s o -l output -d 'Write to this file, instead of standard output' -r -F
complete -c quirkc -n "__fish_quirkc_using_subcommand survey" -l progress -d 'Whether to say on standard error how far it is; `auto` does on a terminal' -r -f -a "auto\t'On a terminal'
always\t'Also where it is no terminal, a line each time'
never\t'Not at all'"
complete -c quirkc -n "__fish_quirkc_using_subcommand survey" -l format -d 'What to print' -r -f -a "text\t'Counts, for people'
csv\t'A line for each function, comma-separated'
jsonl\t'An object for each function, one a line; see docs/survey.md'
json\t'One object with the counts; see docs/survey.md'
parquet\t'A table for `DuckDB`, Spark and their like; takes a program that was built with `--features parquet`'
svg\t'A picture: how much of extended space functions leave unused'"
complete -c quirkc -n "__fish_quirkc_using_subcommand survey" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c quirkc -n "__fish_quirkc_using_subcommand rules" -l format -d 'What to print' -r -f -a "text\t'A line for each rule'
json\t'One object, with the examples'
md\t'A Markdown table'"
complete -c quirkc -n "__fish_quirkc_using_subcommand rules" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c quirkc -n "__fish_quirkc_using_subcommand test" -s L -l library -d 'Folders where `use` looks for files that do not lie beside the one that names them' -r -F
complete -c quirkc -n "__fish_quirkc_using_subcommand test" -l config -d 'The configuration, instead of the `quirkc.toml` that lies nearest above the files' -r -F
complete -c quirkc -n "__fish_quirkc_using_subcommand test" -l filter -d 'Run only tests whose title holds this; given more than once, one of them is enough' -r
complete -c quirkc -n "__fish_quirkc_using_subcommand test" -l format -d 'How to print results' -r -f -a "text\t'A line for each test as it ends, then what failed and a map of the place'
json\t'One object; see docs/test-json.md'
junit\t'`JUnit` XML: a suite for each file'"
complete -c quirkc -n "__fish_quirkc_using_subcommand test" -l no-config -d 'Use no configuration'
complete -c quirkc -n "__fish_quirkc_using_subcommand test" -l exact -d 'Run only tests whose title is the filter\'s, letter for letter'
complete -c quirkc -n "__fish_quirkc_using_subcommand test" -l list -d 'Print the tests, with their places, and run none'
complete -c quirkc -n "__fish_quirkc_using_subcommand test" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c quirkc -n "__fish_quirkc_using_subcommand verify" -l function -d 'Look at this function of the dump only' -r
complete -c quirkc -n "__fish_quirkc_using_subcommand verify" -l function-kind -d 'What kind of function it is, where neither its bytes nor sysfs prove it' -r -f -a "physical\t'A physical function'
virtual\t'A virtual function, which has no PASID capability of its own'"
complete -c quirkc -n "__fish_quirkc_using_subcommand verify" -l id -d 'Vendor and device id, where the bytes do not have them: those of a virtual function read ffff:ffff' -r
complete -c quirkc -n "__fish_quirkc_using_subcommand verify" -l sysfs -d 'A sysfs that lies elsewhere; devices are then not opened' -r -F
complete -c quirkc -n "__fish_quirkc_using_subcommand verify" -l corpus -d 'Folders of dumps and of collected lists of capabilities (`.jsonl`); what no entry describes is counted only' -r -F
complete -c quirkc -n "__fish_quirkc_using_subcommand verify" -l facts -d 'Tables of what vendors publish; see docs/verify.md' -r -F
complete -c quirkc -n "__fish_quirkc_using_subcommand verify" -l level -d 'How a rule is judged: `off`, `warn` or `error`. May be given several times' -r
complete -c quirkc -n "__fish_quirkc_using_subcommand verify" -l quirks -d 'Descriptions that are added to the embedded library, and beat it: files, folders of `.quirk` files, or `.db` files of `quirkc build`' -r -F
complete -c quirkc -n "__fish_quirkc_using_subcommand verify" -l only-quirks -d 'Descriptions that take the place of the embedded library' -r -F
complete -c quirkc -n "__fish_quirkc_using_subcommand verify" -l format -d 'What to print' -r -f -a "text\t'A list for people'
json\t'One object; see docs/verify.md'"
complete -c quirkc -n "__fish_quirkc_using_subcommand verify" -l write-probe -d 'Also write to the bytes that are declared free, read them back and restore them: of one function that vfio-pci has, that nobody uses and that can be reset; see docs/verify.md'
complete -c quirkc -n "__fish_quirkc_using_subcommand verify" -l yes -d 'Write without asking'
complete -c quirkc -n "__fish_quirkc_using_subcommand verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c quirkc -n "__fish_quirkc_using_subcommand lsp" -l stdio -d 'Standard input and output, as there is nothing else; some editors say so'
complete -c quirkc -n "__fish_quirkc_using_subcommand lsp" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c quirkc -n "__fish_quirkc_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c quirkc -n "__fish_quirkc_using_subcommand man" -s o -l output -d 'Write all pages to this folder' -r -F
complete -c quirkc -n "__fish_quirkc_using_subcommand man" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c quirkc -n "__fish_quirkc_using_subcommand help; and not __fish_seen_subcommand_from check explain build fmt plan map diff import new match doctor devices doc report survey rules test verify lsp completions man help" -f -a "check" -d 'Checks descriptions: syntax, names, layouts, matching'
complete -c quirkc -n "__fish_quirkc_using_subcommand help; and not __fish_seen_subcommand_from check explain build fmt plan map diff import new match doctor devices doc report survey rules test verify lsp completions man help" -f -a "explain" -d 'Says what a finding or a reason means, and how to mend it'
complete -c quirkc -n "__fish_quirkc_using_subcommand help; and not __fish_seen_subcommand_from check explain build fmt plan map diff import new match doctor devices doc report survey rules test verify lsp completions man help" -f -a "build" -d 'Compiles descriptions to Rust, C, JSON or a database file'
complete -c quirkc -n "__fish_quirkc_using_subcommand help; and not __fish_seen_subcommand_from check explain build fmt plan map diff import new match doctor devices doc report survey rules test verify lsp completions man help" -f -a "fmt" -d 'Formats descriptions, in place and without options'
complete -c quirkc -n "__fish_quirkc_using_subcommand help; and not __fish_seen_subcommand_from check explain build fmt plan map diff import new match doctor devices doc report survey rules test verify lsp completions man help" -f -a "plan" -d 'Shows where PASID would go on a recorded or a live device, and why'
complete -c quirkc -n "__fish_quirkc_using_subcommand help; and not __fish_seen_subcommand_from check explain build fmt plan map diff import new match doctor devices doc report survey rules test verify lsp completions man help" -f -a "map" -d 'Draws what lies where in a configuration space: capabilities, what a description declares, what is free, and PASID'
complete -c quirkc -n "__fish_quirkc_using_subcommand help; and not __fish_seen_subcommand_from check explain build fmt plan map diff import new match doctor devices doc report survey rules test verify lsp completions man help" -f -a "diff" -d 'Compares two states of descriptions by meaning, and says what breaks those who rely on the old one'
complete -c quirkc -n "__fish_quirkc_using_subcommand help; and not __fish_seen_subcommand_from check explain build fmt plan map diff import new match doctor devices doc report survey rules test verify lsp completions man help" -f -a "import" -d 'Writes a draft of a description from dumps or live functions: what is where, and who should be asked about the rest'
complete -c quirkc -n "__fish_quirkc_using_subcommand help; and not __fish_seen_subcommand_from check explain build fmt plan map diff import new match doctor devices doc report survey rules test verify lsp completions man help" -f -a "new" -d 'Writes a description to be filled in, for a device of which nothing was recorded yet'
complete -c quirkc -n "__fish_quirkc_using_subcommand help; and not __fish_seen_subcommand_from check explain build fmt plan map diff import new match doctor devices doc report survey rules test verify lsp completions man help" -f -a "match" -d 'Says which description applies to a function, which others are for its ids and what keeps them away, and which layers apply'
complete -c quirkc -n "__fish_quirkc_using_subcommand help; and not __fish_seen_subcommand_from check explain build fmt plan map diff import new match doctor devices doc report survey rules test verify lsp completions man help" -f -a "doctor" -d 'Says why PASID, ATS or PRI would not come up in a Linux guest, register by register, and what helps'
complete -c quirkc -n "__fish_quirkc_using_subcommand help; and not __fish_seen_subcommand_from check explain build fmt plan map diff import new match doctor devices doc report survey rules test verify lsp completions man help" -f -a "devices" -d 'Lists the functions of this machine that vfio-pci can take, with what is known of their PASID'
complete -c quirkc -n "__fish_quirkc_using_subcommand help; and not __fish_seen_subcommand_from check explain build fmt plan map diff import new match doctor devices doc report survey rules test verify lsp completions man help" -f -a "doc" -d 'Writes descriptions as a site: a page for each device, and a list of them that can be searched'
complete -c quirkc -n "__fish_quirkc_using_subcommand help; and not __fish_seen_subcommand_from check explain build fmt plan map diff import new match doctor devices doc report survey rules test verify lsp completions man help" -f -a "report" -d 'Writes a dump or a live function as text of `lspci -xxxx` without what names one device or machine'
complete -c quirkc -n "__fish_quirkc_using_subcommand help; and not __fish_seen_subcommand_from check explain build fmt plan map diff import new match doctor devices doc report survey rules test verify lsp completions man help" -f -a "survey" -d 'Surveys recorded functions of folders and archives: PASID, odd lists, gaps, bytes outside of capabilities, and what descriptions cover'
complete -c quirkc -n "__fish_quirkc_using_subcommand help; and not __fish_seen_subcommand_from check explain build fmt plan map diff import new match doctor devices doc report survey rules test verify lsp completions man help" -f -a "rules" -d 'Lists the rules: code, name, severity, meaning'
complete -c quirkc -n "__fish_quirkc_using_subcommand help; and not __fish_seen_subcommand_from check explain build fmt plan map diff import new match doctor devices doc report survey rules test verify lsp completions man help" -f -a "test" -d 'Runs the tests of descriptions'
complete -c quirkc -n "__fish_quirkc_using_subcommand help; and not __fish_seen_subcommand_from check explain build fmt plan map diff import new match doctor devices doc report survey rules test verify lsp completions man help" -f -a "verify" -d 'Compares descriptions with functions, with folders of records, and with tables of what vendors publish'
complete -c quirkc -n "__fish_quirkc_using_subcommand help; and not __fish_seen_subcommand_from check explain build fmt plan map diff import new match doctor devices doc report survey rules test verify lsp completions man help" -f -a "lsp" -d 'Serves an editor with what the compiler knows: the language server protocol on standard input and output'
complete -c quirkc -n "__fish_quirkc_using_subcommand help; and not __fish_seen_subcommand_from check explain build fmt plan map diff import new match doctor devices doc report survey rules test verify lsp completions man help" -f -a "completions" -d 'Prints completions for a shell'
complete -c quirkc -n "__fish_quirkc_using_subcommand help; and not __fish_seen_subcommand_from check explain build fmt plan map diff import new match doctor devices doc report survey rules test verify lsp completions man help" -f -a "man" -d 'Prints the manual page of the program or of a verb, or writes all of them'
complete -c quirkc -n "__fish_quirkc_using_subcommand help; and not __fish_seen_subcommand_from check explain build fmt plan map diff import new match doctor devices doc report survey rules test verify lsp completions man help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
