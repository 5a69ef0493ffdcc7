"""Why a file cannot be read or written, in Chinese too: the operating system says it in English only."""

import errno
from dataclasses import dataclass

_WHY_NOT = {
    errno.EACCES: "没有访问权限",
    errno.EBUSY: "文件正被占用",
    errno.EDQUOT: "已超出磁盘配额",
    errno.EEXIST: "已有同名文件",
    errno.EFBIG: "文件过大",
    errno.EINVAL: "不是普通文件",
    errno.EIO: "磁盘读写出错",
    errno.EISDIR: "这是目录，不是文件",
    errno.ELOOP: "链接循环",
    errno.EMFILE: "打开的文件过多",
    errno.ENAMETOOLONG: "文件名过长",
    errno.ENFILE: "打开的文件过多",
    errno.ENOENT: "没有这个文件或目录",
    errno.ENOSPC: "磁盘已满",
    errno.ENOTDIR: "不是目录",
    errno.ENOTEMPTY: "目录不为空",
    errno.EPERM: "系统不允许此操作",
    errno.EROFS: "磁盘为只读",
    errno.ETXTBSY: "文件正被占用",
    errno.EXDEV: "不在同一磁盘",
}


@dataclass(frozen=True, slots=True)
class WhyNot:
    """A reason in both languages."""

    en: str
    zh: str


def why_not(error: OSError) -> WhyNot:
    """The reason of an error: as the system says it, and in Chinese; of one not in the list its number."""
    return WhyNot(str(error.strerror), _WHY_NOT.get(error.errno or 0, f"系统错误 {error.errno}"))
