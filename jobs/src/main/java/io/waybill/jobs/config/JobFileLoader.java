package io.waybill.jobs.config;

import io.waybill.jobs.Configuration;
import io.waybill.jobs.Position;
import io.waybill.jobs.Secret;
import io.waybill.jobs.StepType;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Reads job files. Every error of every file is found in one pass; a file with an error is not used
 * at all. Nothing is connected to and no secret is fetched. Safe for use by many threads if what it
 * was given is.
 */
public final class JobFileLoader {
  private final List<StepType<?>> kinds;
  private final SecretSources secrets;
  private final Consumer<Problem> onWarning;
  private final InstantSource clock;

  /**
   * Creates a loader that knows the time from the system's clock.
   *
   * @param kinds of steps that a file may use; unique names
   * @param secrets makes the references to secrets
   * @param onWarning told of what is risky in a file that can be used; the warnings of one that
   *     cannot are among {@link InvalidJobFile#problems()}
   */
  public JobFileLoader(
      List<? extends StepType<?>> kinds, SecretSources secrets, Consumer<Problem> onWarning) {
    this(kinds, secrets, onWarning, InstantSource.system());
  }

  /**
   * Creates a loader.
   *
   * @param clock says whether a schedule is still due, and a calendar ends soon
   */
  public JobFileLoader(
      List<? extends StepType<?>> kinds,
      SecretSources secrets,
      Consumer<Problem> onWarning,
      InstantSource clock) {
    this.kinds = List.copyOf(kinds);
    this.secrets = Objects.requireNonNull(secrets, "secrets");
    this.onWarning = Objects.requireNonNull(onWarning, "onWarning");
    this.clock = Objects.requireNonNull(clock, "clock");
    if (kinds.stream().map(StepType::name).distinct().count() < kinds.size()) {
      throw new IllegalArgumentException("two kinds of steps have one name");
    }
  }

  /**
   * Reads one file, or all of a directory.
   *
   * @throws InvalidJobFile if it cannot be read or anything in it is wrong
   */
  public Configuration load(Path file) {
    return load(List.of(file));
  }

  /**
   * Reads several files as one: {@code version} stands in each, every other single value and {@code
   * daemon} and {@code defaults} in one of them only, and no name is defined twice.
   *
   * @param files at least one; a directory stands for the {@code *.yml} and {@code *.yaml} right in
   *     it, by their names, without those that begin with a dot
   * @throws InvalidJobFile if one cannot be read or anything in them is wrong
   */
  public Configuration load(List<Path> files) {
    return read(files).configuration();
  }

  /**
   * Reads several files as one, and returns the secrets that they define, by name.
   *
   * @param files as for {@link #load(List)}
   * @throws InvalidJobFile if one cannot be read or anything in them is wrong
   */
  public Map<String, Secret> secrets(List<Path> files) {
    return read(files).secrets();
  }

  /**
   * Reads several files as one, and returns all that there is to know of them.
   *
   * @param files as for {@link #load(List)}
   * @throws InvalidJobFile if one cannot be read or anything in them is wrong
   */
  public JobFileContents read(List<Path> files) {
    if (files.isEmpty()) {
      throw new IllegalArgumentException("no job file");
    }
    Problems problems = new Problems();
    SourceReader reader = new SourceReader(problems);
    List<FileTree> trees = new ArrayList<>();
    Map<String, Path> directories = new LinkedHashMap<>();
    for (Path file : new JobFileDirectory(problems).files(files)) {
      directories.put(file.toString(), new Position(file.toString(), 1, 1).directory());
      reader.read(file).flatMap(source -> parse(source, problems)).ifPresent(trees::add);
    }
    return build(trees, directories, problems);
  }

  /**
   * Reads a text.
   *
   * @param name for messages: {@code <memory>}, {@code <stdin>}
   * @param directory from which the files of secrets are looked for
   * @throws InvalidJobFile if anything in it is wrong
   */
  public Configuration loadText(String name, String text, Path directory) {
    Problems problems = new Problems();
    List<FileTree> trees =
        new SourceReader(problems)
            .check(name, text)
            .flatMap(source -> parse(source, problems))
            .map(List::of)
            .orElse(List.of());
    return build(trees, Map.of(name, directory), problems).configuration();
  }

  private static Optional<FileTree> parse(SourceText source, Problems problems) {
    Optional<YamlNode> root = YamlTreeReader.read(source, problems);
    root.ifPresentOrElse(
        node -> SecretBlots.inTree(node, source), () -> SecretBlots.inBroken(source));
    return root.map(node -> new FileTree(source, node));
  }

  private JobFileContents build(
      List<FileTree> trees, Map<String, Path> directories, Problems problems) {
    // A file that could not be read may define what the others refer to: their errors would
    // mislead.
    if (trees.isEmpty() || trees.size() < directories.size()) {
      problems.throwIfErrors(directories.keySet());
    }
    ConfigurationReader reader =
        new ConfigurationReader(kinds, secrets, directories, clock.instant(), problems);
    Optional<Configuration> configuration = reader.read(trees);
    problems.throwIfErrors(directories.keySet());
    problems.warnings().forEach(onWarning);
    return new JobFileContents(
        configuration.orElseThrow(
            () -> new IllegalStateException("a job file was refused without a problem")),
        reader.secrets(),
        JobFileOutline.of(trees),
        reader.named());
  }

  /** A file and what stands in it. */
  record FileTree(SourceText source, YamlNode root) {}
}
