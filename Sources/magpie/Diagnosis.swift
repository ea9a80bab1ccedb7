import MagpieSession
import MagpieView

/// One thing that the doctor looks at.
struct Diagnosis: Equatable {
  let name: DoctorPhrase
  let value: DoctorPhrase
  /// Whether all is as it should be.
  var isFine = true
  /// What decided it.
  var why: DoctorPhrase?
  /// What to do about it, for one who wants it otherwise.
  var advice: DoctorPhrase?

  init(
    _ name: DoctorPhrase, _ value: DoctorPhrase, isFine: Bool = true, why: DoctorPhrase? = nil,
    advice: DoctorPhrase? = nil
  ) {
    self.name = name
    self.value = value
    self.isFine = isFine
    self.why = why
    self.advice = advice
  }

  typealias Group = (name: DoctorPhrase, diagnoses: [Diagnosis])

  /// `! name   value: why`, and the advice on a line of its own.
  private func rows(_ say: Language) -> [[String]] {
    let colon = say == .english ? ": " : "："
    let first = [isFine ? " " : "!", say(name), say(value) + (why.map { colon + say($0) } ?? "")]
    return [first] + (advice.map { [["", "", "   " + say(.toDo) + say($0)]] } ?? [])
  }

  static func text(_ groups: [Group], _ say: Language) -> String {
    let rows = groups.flatMap { group in
      [[["", say(group.name)]], group.diagnoses.flatMap { $0.rows(say) }, [[]]].flatMap { $0 }
    }
    var lines = Table.lines(rows)
    while lines.last?.isEmpty == true { lines.removeLast() }
    return lines.joined(separator: "\n")
  }

  /// For programs: always in English.
  static func json(_ groups: [Group]) -> String {
    var json = JSONWriter()
    json.object {
      for group in groups {
        $0.key(group.name.english)
        $0.array(group.diagnoses) { json, diagnosis in
          json.object {
            $0.field("name", diagnosis.name.english)
            $0.field("value", diagnosis.value.english)
            $0.field("fine", diagnosis.isFine)
            $0.field("why", diagnosis.why?.english)
            $0.field("advice", diagnosis.advice?.english)
          }
        }
      }
    }
    return json.text
  }
}
