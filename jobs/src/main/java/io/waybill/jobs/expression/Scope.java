package io.waybill.jobs.expression;

import io.waybill.jobs.Template;
import java.time.ZoneId;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * What expressions can read in one run: nested maps by name. Values are text, {@link Long}, {@link
 * Double}, {@link Boolean}, {@link java.time.LocalDate}, {@link java.time.Instant}, and lists and
 * maps of these. Immutable, as far as what was put in is.
 */
public final class Scope {
  private final ZoneId zone;
  private final Map<String, Object> roots;
  private final Set<String> byAuthor;

  private Scope(ZoneId zone, Map<String, Object> roots, Set<String> byAuthor) {
    this.zone = Objects.requireNonNull(zone, "zone");
    this.roots = Collections.unmodifiableMap(new LinkedHashMap<>(roots));
    this.byAuthor = Set.copyOf(byAuthor);
  }

  /**
   * Creates a scope.
   *
   * @param zone in which filters read an {@link java.time.Instant} as a date
   * @param roots by the first name of a path: {@code run}, {@code vars}, {@code steps}
   */
  public static Scope of(ZoneId zone, Map<String, ?> roots) {
    return new Scope(zone, new LinkedHashMap<>(roots), Set.of());
  }

  /** Returns the same, in which a root is by whoever wrote the file, too. */
  public Scope byAuthor(String root) {
    return new Scope(zone, roots, Set.of(root));
  }

  /** Returns whether a reference yields what people have said, and nothing that was found. */
  boolean isByAuthor(Template.Reference reference) {
    return reference.isByAuthor() || byAuthor.contains(reference.path().get(0));
  }

  /** Returns a scope in which one root was added or replaced. */
  public Scope with(String root, Object value) {
    Map<String, Object> more = new LinkedHashMap<>(roots);
    more.put(root, value);
    return new Scope(zone, more, byAuthor);
  }

  /** Returns all of it: the roots by name. */
  public Map<String, Object> values() {
    return roots;
  }

  public ZoneId zone() {
    return zone;
  }

  /** Returns what a path leads to; empty if one of its names is not there. */
  public Optional<Object> find(List<String> path) {
    Object value = roots;
    for (String name : path) {
      if (!(value instanceof Map<?, ?> map)) {
        return Optional.empty();
      }
      Object next = map.get(name);
      if (next == null) {
        return Optional.empty();
      }
      value = next;
    }
    return Optional.of(value);
  }
}
