package io.waybill.jobs;

import java.util.AbstractList;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Lists and mappings of a job file in which an expression stands beside constants, as they are
 * before the run. They have an element for each that is written; one that only the run knows throws
 * {@link Arguments.Unknown} when it is asked for.
 */
final class PartlyKnown {
  private PartlyKnown() {}

  /** Returns a value that can be asked element by element; as it is if all of it is known. */
  static Object of(String key, Object value) {
    if (value instanceof List<?> list && list.contains(Arguments.NOT_YET)) {
      return new Elements<>(key, list, each -> each);
    }
    return value instanceof Map<?, ?> map && map.containsValue(Arguments.NOT_YET)
        ? new Entries(key, map)
        : value;
  }

  static boolean is(Object value) {
    return value instanceof Elements<?> || value instanceof Entries;
  }

  private static Object known(String key, Object value) {
    if (value == Arguments.NOT_YET) {
      throw new Arguments.Unknown(key);
    }
    return value;
  }

  /** A list. */
  static final class Elements<T> extends AbstractList<T> {
    private final String key;
    private final List<?> values;
    private final Function<Object, T> type;

    private Elements(String key, List<?> values, Function<Object, T> type) {
      this.key = key;
      this.values = values;
      this.type = type;
    }

    /** Returns the same list with its elements as something else. */
    <R> Elements<R> as(Function<Object, R> other) {
      return new Elements<>(key, values, other);
    }

    @Override
    public T get(int index) {
      return type.apply(known(key, values.get(index)));
    }

    @Override
    public int size() {
      return values.size();
    }

    @Override
    public String toString() {
      return values.toString(); // which asks for nothing
    }
  }

  /** A mapping; its names are known. */
  static final class Entries extends AbstractMap<String, Object> {
    private final String key;
    private final Map<String, Object> values = new LinkedHashMap<>();

    private Entries(String key, Map<?, ?> values) {
      this.key = key;
      values.forEach((name, value) -> this.values.put((String) name, value));
    }

    @Override
    public String toString() {
      return values.toString();
    }

    @Override
    public Set<String> keySet() {
      return Collections.unmodifiableSet(values.keySet());
    }

    @Override
    public Set<Entry<String, Object>> entrySet() {
      return new AbstractSet<>() {
        @Override
        public Iterator<Entry<String, Object>> iterator() {
          Iterator<Entry<String, Object>> entries = values.entrySet().iterator();
          return new Iterator<>() {
            @Override
            public boolean hasNext() {
              return entries.hasNext();
            }

            @Override
            public Entry<String, Object> next() {
              Entry<String, Object> next = entries.next();
              return new SimpleImmutableEntry<>(next) {
                private static final long serialVersionUID = 1L;

                @Override
                public Object getValue() {
                  return known(key, super.getValue());
                }
              };
            }
          };
        }

        @Override
        public int size() {
          return values.size();
        }
      };
    }
  }
}
