import MagpieModel

/// The line in which a filter is written.
struct Prompt: Sendable {
  enum Purpose: Sendable, Hashable {
    case find, filter, fibers, breakpoint
  }

  /// What came of a key.
  enum Outcome {
    case goesOn
    case cancelled
    /// A filter; nil where nothing was written, which takes back what was there.
    case given(Filter?)
    /// What was written is a filter for fibers, or nothing.
    case givenFibers
  }

  /// Characters of a filter, at most.
  static let longest = 200

  let purpose: Purpose
  private(set) var text: String
  /// What is wrong with it.
  private(set) var notice: Phrase?

  init(_ purpose: Purpose, text: String) {
    self.purpose = purpose
    self.text = text
  }

  mutating func type(_ key: Key) -> Outcome {
    notice = nil
    switch key {
    case .escape: return .cancelled
    case .backspace: text = String(text.dropLast())
    case .character(let scalar) where (0x20..<0x7F).contains(scalar.value) && text.count < Prompt.longest:
      text += String(Character(scalar))
    case .enter:
      if purpose == .fibers { return enterFibers() }
      if purpose != .find, text.allSatisfy({ $0 == " " }) { return .given(nil) }
      do throws(FilterError) {
        let filter = try Filter(text)
        if purpose == .breakpoint, filter.asksForDurations { throw .onlyAfterwards }
        return .given(filter)
      } catch {
        notice = .filterError(error)
      }
    default: break
    }
    return .goesOn
  }

  private mutating func enterFibers() -> Outcome {
    if text.allSatisfy({ $0 == " " }) {
      text = ""
      return .givenFibers
    }
    do throws(FiberFilterError) {
      _ = try FiberFilter(text)
      return .givenFibers
    } catch {
      notice = .fiberFilterError(error)
      return .goesOn
    }
  }
}
