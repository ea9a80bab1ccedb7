import TestSupport
import Testing

@testable import MagpieTrace

/// The two tables of the trace, against what the standard library would do.
@Suite("Tables")
struct TableTests {
  @Test("A number table does what a dictionary does", arguments: 1...8)
  func numberTable(seed: Int) {
    var random = Random(seed: UInt64(seed))
    var table = NumberTable()
    var model: [UInt32: UInt32] = [:]
    // Keys that collide: dense ones, and ones a table's length apart.
    var keys = Array(1...90 as ClosedRange<UInt32>)
    keys += (1...40 as ClosedRange<UInt32>).map { $0 * 64 }
    keys += [.max, .max - 1, .max - 64]
    for _ in 0..<20_000 {
      let key = keys[Int(random.next() % UInt64(keys.count))]
      switch random.next() % 5 {
      case 0, 1:
        let value = UInt32(truncatingIfNeeded: random.next())
        table.set(key, to: value)
        model[key] = value
      case 2, 3:
        table.remove(key)
        model[key] = nil
      default:
        #expect(table[key] == model[key])
      }
    }
    #expect(table.count == model.count)
    for key in keys { #expect(table[key] == model[key]) }
    table.removeAll()
    #expect(table.count == 0)
    #expect(keys.allSatisfy { table[$0] == nil })
  }

  @Test("Number 0 has no value")
  func zero() {
    var table = NumberTable()
    table.set(0, to: 5)
    #expect(table[0] == nil)
    #expect(table.count == 0)
    table.set(64, to: 1)
    table.remove(0)
    #expect(table[64] == 1)
  }

  @Test("A number table stays as small as what it holds at once")
  func forgets() {
    var table = NumberTable()
    for key in 1...100_000 as ClosedRange<UInt32> {
      table.set(key, to: key)
      if key > 10 { table.remove(key - 10) }
    }
    #expect(table.count == 10)
    #expect(table.mask == 63)
  }

  @Test("Equal strings have equal ids, and ids give the strings back")
  func strings() {
    let table = StringTable()
    #expect(table.id(of: "") == 0)
    let ids = ["a", "b", "a", "ü", "b"].map(table.id(of:))
    #expect(ids == [1, 2, 1, 3, 2])
    #expect(ids.map(table.string) == ["a", "b", "a", "ü", "b"])
    #expect(table.strings(from: 2) == ["b", "ü"])
    #expect(table.strings(from: 4) == [])
    #expect(table.string(99) == "")
  }

  @Test("A full string table gives the empty name, and keeps those that it has")
  func fullStrings() {
    let table = StringTable(limit: 3)
    #expect(["a", "b", "c", "a"].map(table.id(of:)) == [1, 2, 0, 1])
  }

  @Test("Threads that ask for the same names get the same ids")
  func concurrentStrings() {
    let table = StringTable()
    let jobs = (0..<4).map { job in
      Job { for name in 0..<500 { _ = table.id(of: "name \((name &* (job + 1)) % 500)") } }
    }
    for job in jobs { job.join() }
    for name in 0..<500 {
      let id = table.id(of: "name \(name)")
      #expect(table.string(id) == "name \(name)")
    }
    #expect(table.strings(from: 1).count == 500)
  }
}
