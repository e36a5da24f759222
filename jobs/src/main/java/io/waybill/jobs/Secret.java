package io.waybill.jobs;

import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A secret by reference: a name and where its value is to be had. The value is fetched when a
 * connection asks for it and is kept nowhere in this object, so neither {@link #toString()} nor a
 * heap walk of a definition shows it.
 */
public final class Secret implements Supplier<String> {
  private final String name;
  private final Supplier<String> source;
  private final Consumer<String> onReveal;
  private final boolean isAtHand;

  /**
   * Creates a reference.
   *
   * @param name what the file calls it
   * @param source fetches the value; its exception must name the place and never the value
   * @param onReveal told of each value before it is handed out; the log masks what it heard
   */
  public Secret(String name, Supplier<String> source, Consumer<String> onReveal) {
    this(name, source, onReveal, false);
  }

  private Secret(
      String name, Supplier<String> source, Consumer<String> onReveal, boolean isAtHand) {
    this.isAtHand = isAtHand;
    this.name = Objects.requireNonNull(name, "name");
    this.source = Objects.requireNonNull(source, "source");
    this.onReveal = Objects.requireNonNull(onReveal, "onReveal");
  }

  /** Returns the same as one whose source costs nothing and changes nothing: a variable, a file. */
  public Secret atHand() {
    return new Secret(name, source, onReveal, true);
  }

  /** Returns whether it can be asked for without need, only to know what must not be shown. */
  public boolean isAtHand() {
    return isAtHand;
  }

  public String name() {
    return name;
  }

  /**
   * Fetches the value.
   *
   * @throws JobException.Configuration if the source does not have it
   */
  @Override
  public String get() {
    String value = source.get();
    onReveal.accept(value);
    return value;
  }

  @Override
  public String toString() {
    return "Secret[" + name + "]";
  }
}
