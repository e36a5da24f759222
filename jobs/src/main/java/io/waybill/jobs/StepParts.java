package io.waybill.jobs;

import io.waybill.mail.MailException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Puts a step together from its arguments, part by part, so that everything that is wrong with them
 * is told at once, each mistake with its key. For {@link StepType#bind}.
 */
public final class StepParts {
  private final List<ArgumentMistake> mistakes = new ArrayList<>();
  private @Nullable RuntimeException first;
  private Arguments.@Nullable Unknown unknown;

  /**
   * What was made of some arguments.
   *
   * @param <T> what that is
   */
  public static final class Part<T> {
    private final String key;
    private final Optional<T> value;

    private Part(String key, Optional<T> value) {
      this.key = key;
      this.value = value;
    }

    /**
     * Returns it.
     *
     * @throws Arguments.Unknown if it could not be made; another part that needs it is not made
     *     either, and not a mistake
     */
    public T get() {
      return value.orElseThrow(() -> new Arguments.Unknown(key));
    }
  }

  /**
   * Makes a part of what stands behind a key.
   *
   * @param making what it throws is a mistake of that key, or of one below it: {@link
   *     JobException.Configuration}, {@link IllegalArgumentException} or {@link MailException}. A
   *     {@link JobException.NotFound} waits until all the rest was looked at
   */
  public <T> Part<T> part(String key, Supplier<T> making) {
    return made(Optional.of(key), making);
  }

  /** Makes a part of several keys; the maker says with which of them something is wrong. */
  public <T> Part<T> part(Supplier<T> making) {
    return made(Optional.empty(), making);
  }

  /** Makes a part of each element of a list behind a key. */
  public <E, T> Part<List<T>> each(String key, Supplier<List<E>> elements, Function<E, T> making) {
    return part(
        key,
        () -> {
          StepParts parts = new StepParts();
          List<E> given = elements.get();
          List<Part<T>> made = new ArrayList<>();
          for (int i = 0; i < given.size(); i++) {
            int index = i;
            // one that only the run knows keeps no other from being looked at
            made.add(parts.part(Integer.toString(i), () -> making.apply(given.get(index))));
          }
          return parts.together(() -> made.stream().map(Part::get).toList());
        });
  }

  /** Makes a part of each value of a mapping with free names behind a key. */
  public <T> Part<Map<String, T>> each(
      String key, Supplier<Map<String, Object>> values, BiFunction<String, Object, T> making) {
    return each(key, values, making, name -> {});
  }

  /**
   * Makes a part of each value of a mapping with free names behind a key.
   *
   * @param nameAlone looks at the name of a value that is not known yet; what it throws is a
   *     mistake as well
   */
  public <T> Part<Map<String, T>> each(
      String key,
      Supplier<Map<String, Object>> values,
      BiFunction<String, Object, T> making,
      Consumer<String> nameAlone) {
    return part(
        key,
        () -> {
          StepParts parts = new StepParts();
          Map<String, Part<T>> made = new LinkedHashMap<>();
          for (Map.Entry<String, Object> entry : values.get().entrySet()) {
            String name = entry.getKey();
            made.put(name, parts.part(name, () -> making.apply(name, valueOf(entry, nameAlone))));
          }
          return parts.together(
              () -> {
                Map<String, T> whole = new LinkedHashMap<>();
                made.forEach((name, part) -> whole.put(name, part.get()));
                return whole;
              });
        });
  }

  private static Object valueOf(Map.Entry<String, Object> entry, Consumer<String> nameAlone) {
    try {
      return entry.getValue();
    } catch (Arguments.Unknown e) {
      nameAlone.accept(entry.getKey());
      throw e;
    }
  }

  /** Checks what stands behind a key; otherwise as {@link #part(String, Supplier)}. */
  public void check(String key, Runnable checking) {
    Part<Boolean> unused =
        part(
            key,
            () -> {
              checking.run();
              return true;
            });
  }

  /**
   * Makes a whole of the parts, if all are right.
   *
   * @param making may refuse what is right alone and wrong together
   * @throws JobException.Configuration with every mistake there is
   * @throws JobException.NotFound if there is none, and something is not there
   * @throws Arguments.Unknown if nothing else is wrong, and something is not known yet
   */
  public <T> T together(Supplier<T> making) {
    if (!mistakes.isEmpty()) {
      throw new JobException.Configuration(mistakes, first);
    }
    if (first != null) {
      throw first;
    }
    if (unknown != null) {
      throw unknown;
    }
    return making.get();
  }

  private <T> Part<T> made(Optional<String> key, Supplier<T> making) {
    try {
      return new Part<>(key.orElse(""), Optional.of(making.get()));
    } catch (Arguments.Unknown e) {
      unknown = e;
    } catch (JobException.NotFound e) {
      first = first == null ? e : first;
    } catch (JobException.Configuration e) {
      wrong(key, e, e.mistakes());
    } catch (IllegalArgumentException | MailException e) {
      wrong(key, e, List.of(new ArgumentMistake(List.of(), String.valueOf(e.getMessage()))));
    }
    return new Part<>(key.orElse(""), Optional.empty());
  }

  private void wrong(Optional<String> key, RuntimeException why, List<ArgumentMistake> found) {
    first = first == null ? why : first;
    found.forEach(each -> mistakes.add(key.map(each::below).orElse(each)));
  }
}
