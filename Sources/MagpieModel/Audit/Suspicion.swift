/// Work that was seen waiting while every machine slept.
///
/// That alone is no finding: the record of the machine that took it may be late. It is one if the same fiber still
/// waits in the same place after every machine has gone to sleep once more, for a machine's next sleep comes, in its own
/// ring, after whatever it took before.
struct Suspicion: Sendable, Equatable {
  enum Place: Sendable, Equatable {
    case global
    case local(Int)
    case runNext(Int)
  }

  var isActive = false
  /// Counts suspicions, so that machines' marks of earlier ones mean nothing.
  var epoch: UInt32 = 0
  /// Where the work waits, and the number that moves when it is taken: a queue's head, runnext's version.
  var place = Place.global
  var number: UInt32 = 0
  /// Machines that went to sleep since.
  var parked = 0
}
