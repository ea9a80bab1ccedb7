private import CKernel

/// Why the kernel refused something: a number of the C library's, as `ENOENT`.
public struct SystemError: Error, Sendable, Hashable {
  public let number: Int32

  public init(number: Int32) { self.number = number }

  /// As the C library's headers name it, `ENOENT`; empty where they do not.
  public var name: String { String(cString: ck_error_name(number)) }

  /// The C library's own words, in English whatever the locale.
  public var text: String { String(cString: ck_error_text(number)) }
}
