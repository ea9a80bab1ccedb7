/// The colour schemes that magpie brings along: base16 YAML, one file each, embedded. Parsing is the viewer's.
public enum Themes {
  /// File name and contents of each scheme, in the order in which a key goes through them.
  public static var files: [(name: String, yaml: [UInt8])] {
    [
      ("dark.yaml", PackageResources.dark_yaml),
      ("light.yaml", PackageResources.light_yaml),
    ]
  }
}
