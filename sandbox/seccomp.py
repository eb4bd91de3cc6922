"""The system calls that no sandboxed program needs and every escape wants: one table, two forms.

Everything is allowed but what the table names, so that compilers, runtimes and test suites of any kind run. Calls of
a foreign word size (i386 or x32 on x86-64) end the caller: the filter knows one architecture.
"""

import errno
import json
import os
from dataclasses import dataclass
from functools import cache
from types import ModuleType

NEW_NAMESPACES = {
    "mount": 0x00020000,
    "cgroup": 0x02000000,
    "uts": 0x04000000,
    "ipc": 0x08000000,
    "user": 0x10000000,
    "pid": 0x20000000,
    "net": 0x40000000,
}
LOW = 0xFFFF_FFFF
"""Arguments of 32 bits arrive in registers of 64: the upper half is whatever was there."""

READ_IMPLIES_EXEC = 0x0400000
FIRST = 1
SCHEDULING = ("sched_setscheduler", "sched_setparam", "sched_setattr", "sched_setaffinity")
TIOCSTI, TIOCLINUX = 0x5412, 0x541C
AF_UNIX, AF_INET, AF_INET6, AF_NETLINK = 1, 2, 10, 16
FAMILIES = 46
"""Address families known today; higher numbers are refused in one go."""


@dataclass(frozen=True, slots=True)
class Where:
    """A condition on one argument: `argument & mask == value`, or `argument >= value`, or `argument != value`."""

    index: int
    value: int
    mask: int = LOW
    operator: str = "masked"


@dataclass(frozen=True, slots=True)
class Rule:
    """`calls` answer `error` instead of doing anything, when every condition holds. `name` is what tests call it."""

    name: str
    calls: tuple[str, ...]
    error: int = errno.EPERM
    where: tuple[Where, ...] = ()


def _flag(index: int, flag: int) -> tuple[Where]:
    return (Where(index, flag, mask=flag),)


def _personalities() -> tuple[Rule, ...]:
    """Whoever reads may execute: refused, in whatever company, but not the question which personality one has, which
    has all bits set. So the bit may not be set while any other is not."""
    others = [1 << number for number in range(32) if 1 << number != READ_IMPLIES_EXEC]
    return tuple(
        Rule("personality", ("personality",), where=(Where(0, READ_IMPLIES_EXEC, mask=READ_IMPLIES_EXEC | other),))
        for other in others
    )


def _families() -> tuple[Rule, ...]:
    """Sockets: UNIX, IP and the kernel's routing table (which name resolution reads), nothing else."""
    wanted = {AF_UNIX, AF_INET, AF_INET6, AF_NETLINK}
    refused = [number for number in range(FAMILIES) if number not in wanted]
    return (
        *(Rule("socket family", ("socket",), errno.EAFNOSUPPORT, (Where(0, number),)) for number in refused),
        Rule("socket family", ("socket",), errno.EAFNOSUPPORT, (Where(0, FAMILIES, operator="at least"),)),
        Rule(
            "netlink",
            ("socket",),
            errno.EPROTONOSUPPORT,
            (Where(0, AF_NETLINK), Where(2, 0, operator="not")),
        ),
    )


RULES: tuple[Rule, ...] = (
    Rule("mount", ("mount", "umount", "umount2", "pivot_root", "chroot")),
    Rule("mount api", ("fsopen", "fsconfig", "fsmount", "fspick", "move_mount", "open_tree", "open_tree_attr")),
    Rule("mount attributes", ("mount_setattr", "statmount", "listmount")),
    Rule("namespaces", ("unshare", "setns")),
    *(Rule(f"clone {name}", ("clone",), errno.EPERM, _flag(0, bit)) for name, bit in NEW_NAMESPACES.items()),
    # A filter cannot look into clone3's structure; ENOSYS makes every C library fall back to clone.
    Rule("clone3", ("clone3",), errno.ENOSYS),
    Rule("ptrace", ("ptrace", "process_vm_readv", "process_vm_writev", "kcmp", "pidfd_getfd")),
    Rule("bpf", ("bpf",)),
    Rule("perf", ("perf_event_open",)),
    Rule("keys", ("keyctl", "add_key", "request_key")),
    Rule("io_uring", ("io_uring_setup", "io_uring_enter", "io_uring_register")),
    Rule("userfaultfd", ("userfaultfd",)),
    Rule("modules", ("init_module", "finit_module", "delete_module", "create_module", "query_module")),
    Rule("reboot", ("reboot", "kexec_load", "kexec_file_load")),
    Rule("swap and accounts", ("swapon", "swapoff", "acct", "quotactl", "quotactl_fd")),
    Rule("ports", ("iopl", "ioperm", "vm86", "vm86old", "modify_ldt")),
    Rule("kernel log", ("syslog",)),
    Rule("clock", ("settimeofday", "clock_settime", "clock_settime64", "clock_adjtime", "adjtimex", "stime")),
    Rule("names", ("sethostname", "setdomainname")),
    Rule("file handles", ("open_by_handle_at", "name_to_handle_at")),
    Rule("fanotify", ("fanotify_init", "fanotify_mark")),
    Rule("pages", ("move_pages", "migrate_pages", "memfd_secret")),
    Rule("old calls", ("lookup_dcookie", "nfsservctl", "vhangup", "uselib", "ustat", "sysfs", "_sysctl")),
    # The first process starts the commands (see `sandbox.supervisor`): nobody may put it on short rations.
    Rule("limits of the first process", ("prlimit64",), errno.EPERM, (Where(0, FIRST),)),
    Rule("scheduling of the first process", SCHEDULING, errno.EPERM, (Where(0, FIRST),)),
    Rule("priority of the first process", ("setpriority",), errno.EPERM, (Where(0, 0), Where(1, FIRST))),
    Rule("disk priority of the first process", ("ioprio_set",), errno.EPERM, (Where(0, 1), Where(1, FIRST))),
    *_personalities(),
    Rule("terminal input", ("ioctl",), errno.EPERM, (Where(1, TIOCSTI),)),
    Rule("console input", ("ioctl",), errno.EPERM, (Where(1, TIOCLINUX),)),
    *_families(),
)


STRICT: tuple[Rule, ...] = (
    Rule("unmapped memory", ("memfd_create",), errno.ENOSYS),
    Rule("large segments", ("shmget",), errno.ENOSPC, (Where(1, 1024 * 1024, operator="at least"),)),
)
"""Where no control group counts memory: nothing may hold much of it without having it mapped, where we look."""


@cache
def program(strict: bool = False) -> bytes:
    """The filter as the kernel's own instructions, for `bwrap --seccomp`. Raises OSError where libseccomp is missing
    or refuses the table."""
    library = _library()
    table = library.SyscallFilter(library.ALLOW)
    for rule in (*RULES, *(STRICT if strict else ())):
        arguments = [_argument(library, where) for where in rule.where]
        for call in rule.calls:
            # A negative number: not known to this libseccomp, or not a call of this machine.
            if library.resolve_syscall(library.Arch.NATIVE, call) >= 0:
                table.add_rule(library.ERRNO(rule.error), call, *arguments)
    with os.fdopen(os.memfd_create("seccomp"), "w+b") as file:
        table.export_bpf(file)
        file.seek(0)
        return file.read()


def _library() -> ModuleType:
    # Imported when first needed: it looks for libseccomp by running programs, and fails to import without it.
    try:
        import pyseccomp  # type: ignore[import-untyped]
    except (ImportError, RuntimeError, AttributeError, TypeError) as error:
        raise OSError(f"libseccomp is not installed ({error})") from error
    return pyseccomp  # type: ignore[no-any-return]


def _argument(library: ModuleType, where: Where) -> object:
    match where.operator:
        case "masked":
            return library.Arg(where.index, library.MASKED_EQ, where.mask, where.value)
        case "at least":
            return library.Arg(where.index, library.GE, where.value)
        case _:
            return library.Arg(where.index, library.NE, where.value)


@cache
def profile() -> str:
    """The same table as a Docker engine reads it: JSON."""
    return json.dumps({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [_entry(rule) for rule in RULES]})


def _entry(rule: Rule) -> dict[str, object]:
    entry: dict[str, object] = {"names": list(rule.calls), "action": "SCMP_ACT_ERRNO", "errnoRet": rule.error}
    if rule.where:
        entry["args"] = [_condition(where) for where in rule.where]
    return entry


def _condition(where: Where) -> dict[str, object]:
    match where.operator:
        case "masked":
            two = {"value": where.mask, "valueTwo": where.value, "op": "SCMP_CMP_MASKED_EQ"}
        case "at least":
            two = {"value": where.value, "op": "SCMP_CMP_GE"}
        case _:
            two = {"value": where.value, "op": "SCMP_CMP_NE"}
    return {"index": where.index, **two}
