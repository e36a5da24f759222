package io.waybill.jobs;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * One kind of step: its keys, its outputs, and how a mapping of the file becomes its arguments. The
 * loader, the schema, the reference and the command line's help all come from here.
 *
 * @param <S> the step's arguments
 */
public interface StepType<S extends Step> {

  /** Returns the key under which the file names it: {@code copy}, {@code mail.send}. */
  String name();

  /** Returns one sentence for the reference page. */
  String doc();

  List<Key> keys();

  /**
   * Returns what {@code ${steps.ID.NAME}} can read: name to one sentence. An unknown output is an
   * error at load.
   */
  Map<String, String> outputs();

  /**
   * Returns the same for a step with these arguments, where keys of its own name more.
   *
   * @param arguments as the file says them
   */
  default Map<String, String> outputs(Map<String, Object> arguments) {
    return outputs();
  }

  /**
   * Returns what its outputs are known to be, by name; what is not named is known in the run only.
   * An expression that cannot use one is an error at load.
   */
  default Map<String, ValueKind> outputKinds() {
    return Map.of();
  }

  /**
   * Returns which of the keys given contradict one another, whatever their values are: each with
   * the reason, which names it. They are errors at load.
   */
  default Map<String, String> contradictions(Set<String> given) {
    return Map.of();
  }

  /**
   * Makes the typed arguments. {@link StepParts} helps to tell everything that is wrong at once.
   *
   * @param arguments rendered and checked against {@link #keys()}, defaults filled in
   * @param connections where the names in the arguments are looked up
   * @throws JobException.Configuration if a value cannot be used, or values that are right alone
   *     are wrong together; where it says which keys they are of, the place in the file is theirs
   */
  S bind(Arguments arguments, Connections connections);

  /**
   * Returns what is doubtful about a step that could be bound, while the file is read: files that
   * people put there and that are missing, say. Each is a warning with its place.
   *
   * @param arguments those that are known before the run; asking for others throws {@link
   *     Arguments.Unknown}
   */
  default List<ArgumentMistake> doubts(Arguments arguments) {
    return List.of();
  }

  /**
   * Returns whether later steps need what a result names on the machine where it was made: a run
   * that moves to another node then begins anew.
   */
  default boolean isLocal(StepResult result) {
    return false;
  }

  /**
   * Returns how many files a result tells of that the step has copied, moved, made or deleted: by
   * default those of its output {@code files}. What it only looked at does not count.
   */
  default long files(StepResult result) {
    return result.outputs().get("files") instanceof List<?> files ? files.size() : 0;
  }

  /**
   * Returns the longest that something took that the step looked at, in milliseconds; empty if it
   * looks at nothing for that.
   */
  default OptionalLong latencyMillis(StepResult result) {
    return OptionalLong.empty();
  }

  /** Creates the handler; called once for each {@link StepServices}. */
  StepHandler<S> handler(StepServices services);
}
