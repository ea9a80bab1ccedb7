public import MagpieModel
public import MagpieTrace

/// What is said only where two runs are compared.
public enum ComparePhrase: Sendable, Hashable {
  // MARK: the sides
  /// What one side runs under.
  case side(Era, processors: Int)
  /// So many tasks of all have ended.
  case done(Int, of: Int)
  case over

  // MARK: the clock
  case playing
  /// Both are laid side by side by tasks that have ended, left and right, or by virtual time.
  case byProgress(Int, Int, of: Int)
  case byTime(UInt64)

  // MARK: figures
  case figures
  /// Why what adds up is not judged.
  case notJudged
  case figure(Figure)
  case wholeTime, wholeThreads, wholeSwitches
  /// One side is better by a factor; nil: it has none at all.
  case better(Figure.Better, isDuration: Bool, factor: Double?)
  case alike

  // MARK: keys
  case keyPlay, keyAlign, keySide, helpCompare, helpAlign
  /// Nothing can be done to runs that are over; and what to do to see two.
  case isOver, needsTwo
  case checkFailed
}
