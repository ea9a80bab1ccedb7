// swift-tools-version: 6.2
import PackageDescription

// One settings list for every Swift target: the Swift 6 language mode comes with the tools version; a warning stops
// the build. `unsafeFlags` are never used: a package that has them cannot be depended on.
let swift: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("InternalImportsByDefault"),
]
let c: [CSetting] = [.treatAllWarnings(as: .error), .define("_GNU_SOURCE")]

let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")

let package = Package(
  name: "magpie",
  products: [
    .library(name: "Magpie", targets: ["Magpie"]),
    .executable(name: "magpie", targets: ["MagpieCommand"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
  ],
  targets: [
    // What Swift cannot say: the context switch, the cycle counter, thread-local access, system calls that return -errno.
    .target(name: "CKernel", cSettings: c),
    // ncursesw, with a shim for its macros, variadics and globals. Only MagpieTerminal imports it.
    .systemLibrary(name: "CNcurses"),
    // What an event is; rings; the causal merge.
    .target(name: "MagpieTrace", dependencies: ["CKernel"], swiftSettings: swift),
    // The runtime.
    .target(name: "Magpie", dependencies: ["CKernel", "MagpieTrace"], swiftSettings: swift),
    // The eras in which the kernel schedules: a thread or a process a task.
    .target(name: "MagpieEras", dependencies: ["Magpie", "MagpieTrace", "CKernel"], swiftSettings: swift),
    // Events into scheduler state: pure.
    .target(name: "MagpieModel", dependencies: ["MagpieTrace"], swiftSettings: swift),
    // Workloads, generic over TaskSystem.
    .target(name: "MagpieScenarios", dependencies: ["Magpie", "MagpieTrace", "CKernel"], swiftSettings: swift),
    // Runs and watches: collector, headless summary, simulation sweeps.
    .target(
      name: "MagpieSession",
      dependencies: ["Magpie", "MagpieEras", "MagpieModel", "MagpieScenarios", "MagpieTrace", "CKernel"],
      swiftSettings: swift),
    // State into cells: pure.
    .target(name: "MagpieView", dependencies: ["MagpieModel", "MagpieTrace", "Themes", yams], swiftSettings: swift),
    // Cells onto the terminal, and the terminal given back.
    .target(name: "MagpieTerminal", dependencies: ["MagpieView", "CNcurses", "CKernel"], swiftSettings: swift),
    // The colour schemes, one YAML file each, embedded.
    .target(
      name: "Themes", path: "Themes",
      resources: [
        .embedInCode("dark.yaml"),
        .embedInCode("light.yaml"),
        .embedInCode("projector.yaml"),
        .embedInCode("okabe-ito.yaml"),
        .embedInCode("mono.yaml"),
        .embedInCode("solarized-dark.yaml"),
        .embedInCode("solarized-light.yaml"),
        .embedInCode("gruvbox-dark.yaml"),
        .embedInCode("gruvbox-light.yaml"),
        .embedInCode("nord.yaml"),
        .embedInCode("dracula.yaml"),
        .embedInCode("one-dark.yaml"),
        .embedInCode("monokai.yaml"),
        .embedInCode("tomorrow-night.yaml"),
        .embedInCode("tokyo-night.yaml"),
        .embedInCode("catppuccin-mocha.yaml"),
        .embedInCode("catppuccin-latte.yaml"),
      ],
      swiftSettings: swift),
    // The lectures, one YAML file each, embedded.
    .target(
      name: "Lessons",
      resources: [
        .embedInCode("steal.yaml"),
        .embedInCode("handoff.yaml"),
      ],
      swiftSettings: swift),
    // Benchmarks.
    .target(
      name: "MagpieBench",
      dependencies: [
        "Magpie", "MagpieTrace", "MagpieModel", "MagpieScenarios", "MagpieSession", "MagpieView", "CKernel",
      ],
      swiftSettings: swift),
    // The command.
    .executableTarget(
      name: "MagpieCommand",
      dependencies: [
        "CKernel", "Magpie", "MagpieEras", "MagpieModel", "MagpieScenarios", "MagpieSession", "MagpieView",
        "MagpieTerminal", "MagpieBench", "MagpieTrace", "Lessons",
        arguments,
      ],
      path: "Sources/magpie",
      swiftSettings: swift),
    // What the tests of several targets need: threads, waiting, folders, random numbers, the built command.
    .target(name: "TestSupport", dependencies: ["CKernel"], path: "Tests/TestSupport", swiftSettings: swift),
    .testTarget(
      name: "MagpieTraceTests", dependencies: ["MagpieTrace", "CKernel", "TestSupport"], swiftSettings: swift),
    .testTarget(
      name: "MagpieTests", dependencies: ["Magpie", "MagpieTrace", "CKernel", "TestSupport"], swiftSettings: swift),
    .testTarget(
      name: "MagpieSessionTests",
      // The command is the host of the era `processes`.
      dependencies: [
        "MagpieSession", "Magpie", "MagpieEras", "MagpieModel", "MagpieScenarios", "MagpieTrace", "CKernel",
        "MagpieCommand", "TestSupport",
      ],
      swiftSettings: swift),
    .testTarget(
      name: "MagpieModelTests", dependencies: ["MagpieModel", "MagpieTrace", "TestSupport"], swiftSettings: swift),
    .testTarget(
      name: "MagpieScenariosTests", dependencies: ["MagpieScenarios", "Magpie", "MagpieTrace", "TestSupport"],
      swiftSettings: swift),
    .testTarget(
      name: "MagpieBenchTests", dependencies: ["MagpieBench", "MagpieTrace", "MagpieView"], swiftSettings: swift),
    .testTarget(
      name: "MagpieCommandTests",
      dependencies: [
        "MagpieCommand", "Lessons", "MagpieModel", "MagpieScenarios", "MagpieSession", "MagpieTerminal", "MagpieTrace",
        "MagpieView", "TestSupport", arguments,
      ],
      swiftSettings: swift),
    .testTarget(
      name: "MagpieViewTests", dependencies: ["MagpieView", "MagpieModel", "MagpieTrace", "Themes"],
      exclude: ["Golden"], swiftSettings: swift),
    .testTarget(name: "MagpieTerminalTests", dependencies: ["MagpieTerminal", "MagpieView"], swiftSettings: swift),
    // A program that misbehaves, for the tests that follow.
    .executableTarget(
      name: "HostileProgram",
      dependencies: ["Magpie", "MagpieModel", "MagpieScenarios", "MagpieSession", "MagpieTerminal", "MagpieView"],
      path: "Tests/HostileProgram", swiftSettings: swift),
    // The built program in tmux.
    .testTarget(
      name: "MagpieEndToEndTests", dependencies: ["MagpieCommand", "MagpieView", "HostileProgram", "TestSupport"],
      swiftSettings: swift),
  ]
)
