package io.waybill.mail.template;

import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.Template;
import io.waybill.mail.MailException;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds the value for a tag in what {@link PlainValues} made; without reflection.
 *
 * <p>The engine asks for the number of a tag in the innermost section first and outwards from
 * there. The first part of the name is looked for in that way; the others only within what the
 * first one stands for.
 */
final class TagLookup implements Mustache.Collector {
  private final List<Tag> tags;

  TagLookup(List<Tag> tags) {
    this.tags = tags;
  }

  @Override
  public @Nullable Iterator<?> toIterator(Object value) {
    return value instanceof PlainValues.Items items ? items.iterator() : null;
  }

  @Override
  public Mustache.VariableFetcher createFetcher(Object context, String number) {
    return this::fetch;
  }

  @Override
  public <K, V> Map<K, V> createFetcherCache() {
    return new ConcurrentHashMap<>();
  }

  /** Returns the failure of a tag whose name no section has. */
  MailException.InvalidMessage missing(String number) {
    return tags.get(Integer.parseInt(number)).missing("which the data does not have");
  }

  private Object fetch(Object context, String number) {
    Tag tag = tags.get(Integer.parseInt(number));
    Object found = find(tag, context);
    if (found == null) {
      return Template.NO_FETCHER_FOUND;
    }
    if (found == PlainValues.Absent.NULL) {
      throw tag.missing("which is null in the data");
    }
    return tag.section() ? condition(found) : text(tag, found);
  }

  private static @Nullable Object find(Tag tag, Object context) {
    if (tag.name().equals(Tag.ITSELF)) {
      return context;
    }
    List<String> path = tag.path();
    Object value = step(context, path.get(0));
    for (int i = 1; value != null && i < path.size(); i++) {
      value = step(value, path.get(i));
      if (value == null) {
        throw tag.missing(
            "but '%s' in the data has no '%s'"
                .formatted(String.join(".", path.subList(0, i)), path.get(i)));
      }
    }
    return value;
  }

  private static @Nullable Object step(Object value, String name) {
    if (value instanceof Map<?, ?> map) {
      return map.get(name);
    }
    return value instanceof PlainValues.Items items ? items.at(name) : null;
  }

  private static Object condition(Object value) {
    boolean isFalse = value == PlainValues.Absent.EMPTY || value.equals("");
    return isFalse ? false : value;
  }

  private static Object text(Tag tag, Object value) {
    if (value == PlainValues.Absent.EMPTY) {
      throw tag.missing("which is an empty Optional: ask for it in a section of that name");
    }
    if (value instanceof Map || value instanceof PlainValues.Items) {
      throw tag.missing("which is a map or a list: open it as a section, {{#name}}");
    }
    return value;
  }
}
