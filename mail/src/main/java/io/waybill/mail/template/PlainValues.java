package io.waybill.mail.template;

import io.waybill.mail.MailException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.ZoneId;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalAmount;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Copies the data of a template into maps, {@link Items}, texts and booleans of this package, so
 * that nothing a template says can reach a method of somebody else's object.
 *
 * <p>It also counts what one rendering may do: copied values, and turns of its lists.
 */
final class PlainValues {
  static final int MAX_DEPTH = 32;
  static final int MAX_VALUES = 1_000_000;
  static final int MAX_TURNS = 1_000_000;

  private static final int MAX_SHOWN_KEY = 40;
  private static final Set<Class<?>> NUMBERS =
      Set.of(
          Byte.class,
          Short.class,
          Integer.class,
          Long.class,
          Float.class,
          Double.class,
          BigInteger.class,
          BigDecimal.class);

  private final List<String> path = new ArrayList<>();
  private int values;
  private int turns;

  private PlainValues() {}

  /**
   * Copies the data of one rendering.
   *
   * @throws MailException.InvalidMessage if something in it is of another kind, it nests deeper
   *     than 32 levels (as what holds itself does), or it holds more than a million values
   */
  static Map<String, Object> copy(Map<String, ?> data) {
    return new PlainValues().copyOf(data, 1);
  }

  private Object copyOf(@Nullable Object value, int depth) {
    if (++values > MAX_VALUES) {
      throw refused("holds more than " + MAX_VALUES + " values in all");
    }
    if (value == null) {
      return Absent.NULL;
    }
    if (value instanceof Optional<?> optional) {
      requireDepth(depth);
      return optional.isPresent() ? copyOf(optional.get(), depth + 1) : Absent.EMPTY;
    }
    if (value instanceof Map<?, ?> map) {
      return copyOf(map, depth);
    }
    if (value instanceof List<?> list) {
      return copyOf(list, depth);
    }
    if (value instanceof String || value instanceof Boolean) {
      return value;
    }
    if (NUMBERS.contains(value.getClass()) || isTime(value)) {
      return value.toString();
    }
    throw refused(
        "is a "
            + value.getClass().getName()
            + ": give maps, lists, texts, numbers, booleans, java.time values or an Optional");
  }

  private Map<String, Object> copyOf(Map<?, ?> map, int depth) {
    requireDepth(depth);
    Map<String, Object> copy = new HashMap<>();
    map.forEach(
        (key, value) -> {
          if (!(key instanceof String name)) {
            throw refused("has a key that is not a text");
          }
          path.add(name);
          copy.put(name, copyOf(value, depth + 1));
          path.remove(path.size() - 1);
        });
    return copy;
  }

  private Items copyOf(List<?> list, int depth) {
    requireDepth(depth);
    List<Object> copy = new ArrayList<>();
    for (Object value : list) {
      path.add(Integer.toString(copy.size()));
      copy.add(copyOf(value, depth + 1));
      path.remove(path.size() - 1);
    }
    return new Items(copy);
  }

  /** Only what the platform brings: a class of somebody else may do anything in toString. */
  private static boolean isTime(Object value) {
    return value.getClass().getName().startsWith("java.time.")
        && (value instanceof TemporalAccessor
            || value instanceof TemporalAmount
            || value instanceof ZoneId);
  }

  private void requireDepth(int depth) {
    if (depth > MAX_DEPTH) {
      throw refused("nests deeper than " + MAX_DEPTH + " levels, or holds itself");
    }
  }

  private MailException.InvalidMessage refused(String why) {
    StringBuilder place = new StringBuilder("template data");
    for (int i = 0; i < path.size(); i++) {
      place.append(i == 0 ? ' ' : '.').append(shown(path.get(i)));
    }
    return new MailException.InvalidMessage(place.toString(), -1, why);
  }

  private static String shown(String key) {
    String cut = key.length() > MAX_SHOWN_KEY ? key.substring(0, MAX_SHOWN_KEY) + "…" : key;
    return cut.replaceAll("[\\p{Cntrl}\\p{Cs}]", "?");
  }

  /** Says why there is no value under a name that the data has. */
  enum Absent {
    NULL,
    EMPTY
  }

  /** Holds a list whose turns are counted together with those of all others. */
  final class Items implements Iterable<Object> {
    private final List<Object> items;

    private Items(List<Object> items) {
      this.items = items;
    }

    /** Returns the value at an index written in digits; null if there is none. */
    @Nullable Object at(String index) {
      boolean isIndex = index.length() < 8 && index.chars().allMatch(c -> c >= '0' && c <= '9');
      int i = isIndex ? Integer.parseInt(index) : Integer.MAX_VALUE;
      return i < items.size() ? items.get(i) : null;
    }

    @Override
    public Iterator<Object> iterator() {
      Iterator<Object> all = items.iterator();
      return new Iterator<>() {
        @Override
        public boolean hasNext() {
          return all.hasNext();
        }

        @Override
        public Object next() {
          if (++turns > MAX_TURNS) {
            throw new MailException.InvalidMessage(
                "template data", -1, "repeats sections more than " + MAX_TURNS + " times in all");
          }
          return all.next();
        }
      };
    }
  }
}
