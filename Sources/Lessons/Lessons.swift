/// The lectures that magpie brings along, one YAML file each, embedded. Parsing is the viewer's.
public enum Lessons {
  /// Name and contents of each, in the order in which they are to be heard.
  public static var files: [(name: String, yaml: [UInt8])] {
    [
      ("steal", PackageResources.steal_yaml),
      ("handoff", PackageResources.handoff_yaml),
    ]
  }
}
