/// The name that was probably meant: the one reached by the fewest changes, if they are few for its length.
public func nearestName(to given: String, among names: [String]) -> String? {
  let word = given.lowercased()
  let ranked = names.map { (name: $0, distance: editDistance(word, $0.lowercased())) }
  guard let best = ranked.min(by: { $0.distance < $1.distance }) else { return nil }
  if best.distance <= max(2, word.count / 3) && best.distance < best.name.count { return best.name }
  guard word.count >= 3 else { return nil }
  return names.first { $0.lowercased().hasPrefix(word) || word.hasPrefix($0.lowercased()) }
}

/// How many letters must be put in, taken out, exchanged or swapped with their neighbour to make one word of the other.
func editDistance(_ first: String, _ second: String) -> Int {
  let first = Array(first.prefix(64)), second = Array(second.prefix(64))
  var beforePrevious: [Int] = []
  var previous = Array(0...second.count)
  for i in first.indices {
    var current = [i + 1]
    for j in second.indices {
      var best = min(previous[j + 1] + 1, current[j] + 1, previous[j] + (first[i] == second[j] ? 0 : 1))
      if i > 0, j > 0, first[i] == second[j - 1], first[i - 1] == second[j] {
        best = min(best, beforePrevious[j - 1] + 1)
      }
      current.append(best)
    }
    beforePrevious = previous
    previous = current
  }
  return previous[second.count]
}
