/// The colour schemes that magpie brings along: base16 YAML, one file each, embedded. Parsing is the viewer's.
public enum Themes {
  /// File name and contents of each scheme, in the order in which a key goes through them.
  public static var files: [(name: String, yaml: [UInt8])] {
    [
      ("dark.yaml", PackageResources.dark_yaml),
      ("light.yaml", PackageResources.light_yaml),
      ("projector.yaml", PackageResources.projector_yaml),
      ("okabe-ito.yaml", PackageResources.okabe_ito_yaml),
      ("mono.yaml", PackageResources.mono_yaml),
      ("solarized-dark.yaml", PackageResources.solarized_dark_yaml),
      ("solarized-light.yaml", PackageResources.solarized_light_yaml),
      ("gruvbox-dark.yaml", PackageResources.gruvbox_dark_yaml),
      ("gruvbox-light.yaml", PackageResources.gruvbox_light_yaml),
      ("nord.yaml", PackageResources.nord_yaml),
      ("dracula.yaml", PackageResources.dracula_yaml),
      ("one-dark.yaml", PackageResources.one_dark_yaml),
      ("monokai.yaml", PackageResources.monokai_yaml),
      ("tomorrow-night.yaml", PackageResources.tomorrow_night_yaml),
      ("tokyo-night.yaml", PackageResources.tokyo_night_yaml),
      ("catppuccin-mocha.yaml", PackageResources.catppuccin_mocha_yaml),
      ("catppuccin-latte.yaml", PackageResources.catppuccin_latte_yaml),
    ]
  }
}
