import MagpieSession

/// One thing that the doctor looks at.
struct Diagnosis: Equatable {
  let name: String
  let value: String
  /// Whether all is as it should be.
  var isFine = true
  /// What decided it.
  var why: String?
  /// What to do about it, for one who wants it otherwise.
  var advice: String?

  init(_ name: String, _ value: String, isFine: Bool = true, why: String? = nil, advice: String? = nil) {
    self.name = name
    self.value = value
    self.isFine = isFine
    self.why = why
    self.advice = advice
  }

  /// `! name   value: why`, and the advice on a line of its own.
  private var rows: [[String]] {
    let first = [isFine ? " " : "!", name, value + (why.map { ": " + $0 } ?? "")]
    return [first] + (advice.map { [["", "", "   to do: " + $0]] } ?? [])
  }

  static func text(_ groups: [(name: String, diagnoses: [Diagnosis])]) -> String {
    let rows = groups.flatMap { group in [[["", group.name]], group.diagnoses.flatMap(\.rows), [[]]].flatMap { $0 } }
    var lines = Table.lines(rows).map { line in String(line.reversed().drop { $0 == " " }.reversed()) }
    while lines.last?.isEmpty == true { lines.removeLast() }
    return lines.joined(separator: "\n")
  }

  static func json(_ groups: [(name: String, diagnoses: [Diagnosis])]) -> String {
    var json = JSONWriter()
    json.object {
      for group in groups {
        $0.key(group.name)
        $0.array(group.diagnoses) { json, diagnosis in
          json.object {
            $0.field("name", diagnosis.name)
            $0.field("value", diagnosis.value)
            $0.field("fine", diagnosis.isFine)
            $0.field("why", diagnosis.why)
            $0.field("advice", diagnosis.advice)
          }
        }
      }
    }
    return json.text
  }
}
