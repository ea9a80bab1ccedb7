public import MagpieTrace

extension Language {
  /// Why the kernel refused something.
  public func callAsFunction(_ error: SystemError) -> String {
    switch self {
    case .english: error.text
    case .chinese: error.chinese
    }
  }
}

extension SystemError {
  /// Those that a file, a connection, a process or memory can meet; others by their number and the C library's words.
  fileprivate var chinese: String {
    switch name {
    case "EPERM": "操作不被允许"
    case "ENOENT": "没有那个文件或目录"
    case "EINTR": "被信号打断"
    case "EIO": "输入/输出错误"
    case "ENXIO": "没有那个设备"
    case "E2BIG": "参数太长"
    case "EBADF": "文件描述符无效"
    case "ECHILD": "没有子进程"
    case "EAGAIN": "资源暂时不可用"
    case "ENOMEM": "内存不足"
    case "EACCES": "权限不够"
    case "EBUSY": "设备或资源正忙"
    case "EEXIST": "文件已存在"
    case "ENODEV": "没有那种设备"
    case "ENOTDIR": "不是目录"
    case "EISDIR": "是一个目录"
    case "EINVAL": "参数无效"
    case "ENFILE": "系统中打开的文件过多"
    case "EMFILE": "打开的文件过多"
    case "EFBIG": "文件过大"
    case "ENOSPC": "设备上没有空间"
    case "ESPIPE": "不能移动读写位置"
    case "EROFS": "文件系统只读"
    case "EMLINK": "链接过多"
    case "EPIPE": "管道已断开"
    case "ENAMETOOLONG": "文件名过长"
    case "ENOSYS": "内核没有这个功能"
    case "ELOOP": "符号链接的层数过多"
    case "EOVERFLOW": "数值过大"
    case "EPROTO": "协议错误"
    case "ENOTSUP", "EOPNOTSUPP": "不支持此操作"
    case "EAFNOSUPPORT": "不支持这种地址"
    case "EADDRINUSE": "地址已被占用"
    case "EADDRNOTAVAIL": "地址不可用"
    case "ENETDOWN": "网络已停用"
    case "ENETUNREACH": "网络不可达"
    case "ECONNABORTED": "连接被中止"
    case "ECONNRESET": "连接被对方重置"
    case "ENOBUFS": "缓冲区空间不足"
    case "ETIMEDOUT": "连接超时"
    case "ECONNREFUSED": "连接被拒绝"
    case "EHOSTUNREACH": "主机不可达"
    case "ESTALE": "文件句柄已失效"
    case "EDQUOT": "超出磁盘配额"
    default: "错误 \(number)（\(text)）"
    }
  }
}
