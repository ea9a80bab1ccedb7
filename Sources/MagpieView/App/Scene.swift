import MagpieModel
import MagpieTrace

/// What one frame is drawn from: one moment, and what is known about the program.
struct Scene {
  let state: SchedulerState
  let history: History
  let facts: ProgramFacts
  /// The number of the event that is shown last, and of the newest.
  let shown: Int
  let end: Int
  let say: Language
  /// A steady clock, in nanoseconds; only differences mean something.
  let now: UInt64
  /// The lecture that is given, if one is.
  var lesson: LessonPlayer?
  /// How it is played, if it is one of two runs that are compared.
  var playback: Playback?

  /// Whether what is shown stands still: the view is back, or the program does not run; and no lesson moves it.
  var isStill: Bool {
    (shown < end || facts.status != .running) && lesson?.isPlaying != true && playback?.mode != .plays
  }

  /// The moment that is shown: the last event's, or at the live edge the program's clock if that is beyond it.
  var time: UInt64 { shown == end && playback == nil ? max(state.time, facts.time) : state.time }

  /// A fiber's name, or nothing.
  func name(of fiber: UInt32) -> String {
    guard let state = state.fiber(fiber), state.name != 0 else { return "" }
    return history.string(state.name) ?? ""
  }

  /// A machine as it is called in the era: `M3`, `proc 3`.
  func machineName(_ id: UInt16) -> String {
    state.era == .processes ? say(.era(.process(id))) : "M\(id)"
  }

  /// A local queue as it is called in the era: by its P, or by the thread whose it is.
  func queueName(_ id: Int) -> String { state.era == .distributed ? "M\(id)" : "P\(id)" }

  /// An event in words.
  func words(_ event: Event) -> EventText {
    EventText(event, language: say, era: state.era) { history.string($0) }
  }

  /// The text that an event names by its id.
  func text(of event: Event) -> String { EventText.string(of: event) { history.string($0) } }
}
