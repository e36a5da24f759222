package io.waybill.jobs.config;

import io.waybill.jobs.Key;
import io.waybill.jobs.StepType;
import io.waybill.jobs.ValueType;
import io.waybill.jobs.expression.NearestName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Every key of the job file, and where it stands. The loader reads by the same keys; the schema,
 * the reference page and {@code waybill explain} are made from them. Immutable.
 */
public final class KeyRegistry {
  /** Stands in a path for a name that the file gives. */
  public static final String NAME = "NAME";

  private static final int MOST_NEAR = 3;

  private final ValueType.Group top;
  private final Map<String, StepType<?>> kinds;
  private final List<KnownKey> keys = new ArrayList<>();

  private KeyRegistry(List<StepType<?>> kinds) {
    top = new ValueType.Group(TopLevelKeys.all(kinds));
    this.kinds = kinds.stream().collect(Collectors.toMap(StepType::name, Function.identity()));
    Walk walk = new Walk();
    walk.group(top, "", Optional.empty());
    walk.found.forEach(place -> keys.add(place.known()));
  }

  /** Returns the keys of job files whose steps are of these kinds. */
  public static KeyRegistry of(List<StepType<?>> kinds) {
    return new KeyRegistry(List.copyOf(kinds));
  }

  /** Returns the mapping that a whole file is. */
  public ValueType.Group top() {
    return top;
  }

  /** Returns all keys in the order of the reference page, each once. */
  public List<KnownKey> keys() {
    return List.copyOf(keys);
  }

  /**
   * Finds keys by a path as it is written in messages and in the reference: whole ({@code
   * jobs.bank-statements.retry}, with any name in the place of {@code NAME}), or its end ({@code
   * copy.verify}, {@code retry}). A whole path goes before ends. Empty if there is none.
   */
  public List<KnownKey> find(String path) {
    List<String> asked = segments(path.replaceAll("\\[[0-9]*]", ""));
    List<KnownKey> whole = matching(asked, true);
    return whole.isEmpty() ? matching(asked, false) : whole;
  }

  /**
   * Returns the paths that were probably meant, the likeliest first: the kinds of steps that begin
   * so ({@code mail}), else at most three that are spelt nearly so.
   */
  public List<String> nearest(String path) {
    List<String> kindsOfIt = kindsIn(path);
    return kindsOfIt.isEmpty() ? nearlySpelt(path) : kindsOfIt;
  }

  /** Returns the kinds of steps whose name begins with a word and a dot. */
  public List<String> kindsIn(String word) {
    return kinds.keySet().stream().filter(kind -> kind.startsWith(word + ".")).sorted().toList();
  }

  private List<String> nearlySpelt(String path) {
    int length = segments(path).size();
    Set<String> candidates = new LinkedHashSet<>();
    for (KnownKey key : keys) {
      for (String each : key.paths()) {
        List<String> known = segments(each);
        if (known.size() >= length) {
          candidates.add(String.join(".", known.subList(known.size() - length, known.size())));
        }
      }
    }
    List<String> near = new ArrayList<>();
    for (int i = 0; i < MOST_NEAR; i++) {
      Optional<String> next = NearestName.of(path, candidates);
      next.ifPresent(near::add);
      next.ifPresent(candidates::remove);
    }
    return near;
  }

  /**
   * Returns the word that a mapping's {@code type} must be, if it must be one: several mappings
   * stand for one another by it.
   */
  static Optional<String> variant(ValueType type) {
    return type instanceof ValueType.Group group
        ? group.keys().stream()
            .filter(key -> key.name().equals("type"))
            .filter(key -> key.type() instanceof ValueType.OneOf one && one.words().size() == 1)
            .map(key -> ((ValueType.OneOf) key.type()).words().get(0))
            .findFirst()
        : Optional.empty();
  }

  /** Returns the kind of step that a key begins. */
  Optional<StepType<?>> kindOf(ValueType.Group around, Key key) {
    return around.choice().contains(key.name())
        ? Optional.ofNullable(kinds.get(key.name()))
        : Optional.empty();
  }

  private List<KnownKey> matching(List<String> asked, boolean isWhole) {
    return keys.stream()
        .filter(
            key -> key.paths().stream().anyMatch(path -> matches(segments(path), asked, isWhole)))
        .toList();
  }

  private static boolean matches(List<String> known, List<String> asked, boolean isWhole) {
    int begin = known.size() - asked.size();
    if (begin < 0 || (isWhole && begin > 0)) {
      return false;
    }
    // an end that begins with any name at all would match everything
    if (!isWhole && known.get(begin).equals(NAME)) {
      return false;
    }
    for (int i = 0; i < asked.size(); i++) {
      String name = known.get(begin + i);
      if (!name.equals(NAME) && !name.equals(asked.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static List<String> segments(String path) {
    return List.of(path.split("\\.", -1));
  }

  /** A key on the way: where it was met until now. */
  private static final class Met {
    final Key key;
    final Optional<StepType<?>> kind;
    final Set<String> paths = new LinkedHashSet<>();
    final Set<String> variants = new LinkedHashSet<>();

    Met(Key key, Optional<StepType<?>> kind) {
      this.key = key;
      this.kind = kind;
    }

    KnownKey known() {
      return new KnownKey(key, List.copyOf(paths), List.copyOf(variants), kind);
    }
  }

  /** Goes through all mappings; a key that several of them have is met several times. */
  private final class Walk {
    final Collection<Met> found = new ArrayList<>();
    private final IdentityHashMap<Key, Met> byKey = new IdentityHashMap<>();

    void group(ValueType.Group group, String prefix, Optional<String> variant) {
      for (Key key : group.keys()) {
        Met met = byKey.get(key);
        if (met == null) {
          met = new Met(key, kindOf(group, key));
          byKey.put(key, met);
          found.add(met);
        }
        String path = prefix + key.name();
        met.paths.add(path);
        variant.ifPresent(met.variants::add);
        inside(key.type(), path, variant);
      }
    }

    private void inside(ValueType type, String path, Optional<String> variant) {
      if (type instanceof ValueType.Group group) {
        group(group, path + ".", variant.or(() -> variant(group)));
      } else if (type instanceof ValueType.ListOf list) {
        inside(list.element(), path, variant);
      } else if (type instanceof ValueType.MapOf map) {
        inside(map.value(), path + "." + NAME, variant);
      } else if (type instanceof ValueType.AnyOf any) {
        any.types().forEach(each -> inside(each, path, variant));
      }
    }
  }
}
