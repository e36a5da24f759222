package io.waybill.jobs.config;

import io.waybill.jobs.Key;
import io.waybill.jobs.ValueType;
import java.util.ArrayList;
import java.util.List;

/**
 * A key of the registry as it stands in a file.
 *
 * @param owner the mapping that it stands in
 * @param group the registry's keys of that mapping
 * @param around where messages about the mapping as a whole may point
 */
record KeySite(
    YamlNode.Entry entry,
    Key key,
    YamlNode.Mapping owner,
    ValueType.Group group,
    List<Origin> around) {

  /** Finds all of a file. */
  static List<KeySite> in(YamlNode root, ValueType.Group top) {
    List<KeySite> sites = new ArrayList<>();
    inside(root, top, List.of(root.origin()), sites);
    return sites;
  }

  private static void inside(
      YamlNode node, ValueType type, List<Origin> around, List<KeySite> sites) {
    if (type instanceof ValueType.ListOf list) {
      List<YamlNode> nodes =
          node instanceof YamlNode.Items items ? items.elements() : List.of(node);
      nodes.forEach(each -> inside(each, list.element(), with(around, each), sites));
    } else if (type instanceof ValueType.AnyOf any) {
      any.types().stream()
          .filter(each -> isMeant(node, each))
          .findFirst()
          .ifPresent(each -> inside(node, each, around, sites));
    } else if (node instanceof YamlNode.Mapping mapping) {
      if (type instanceof ValueType.MapOf map) {
        for (YamlNode.Entry entry : mapping.entries()) {
          inside(
              entry.value(),
              map.value(),
              List.of(entry.key().origin(), entry.value().origin()),
              sites);
        }
      } else if (type instanceof ValueType.Group group) {
        group(mapping, group, around, sites);
      }
    }
  }

  private static void group(
      YamlNode.Mapping mapping, ValueType.Group group, List<Origin> around, List<KeySite> sites) {
    for (YamlNode.Entry entry : mapping.entries()) {
      for (Key key : group.keys()) {
        if (key.name().equals(entry.name())) {
          sites.add(new KeySite(entry, key, mapping, group, around));
          inside(
              entry.value(),
              key.type(),
              List.of(entry.key().origin(), entry.value().origin()),
              sites);
        }
      }
    }
  }

  private static List<Origin> with(List<Origin> around, YamlNode node) {
    List<Origin> more = new ArrayList<>(around);
    more.add(node.origin());
    return more;
  }

  private static boolean isMeant(YamlNode node, ValueType type) {
    if (node instanceof YamlNode.Mapping mapping && type instanceof ValueType.Group) {
      return KeyRegistry.variant(type)
          .map(
              word ->
                  mapping.find("type").map(YamlNode.Entry::value).orElse(null)
                          instanceof YamlNode.Scalar given
                      && given.text().equals(word))
          .orElse(true);
    }
    return node instanceof YamlNode.Items && type instanceof ValueType.ListOf;
  }

  /** Returns whether a mapping is told apart from others by this key. */
  boolean tellsTheVariant() {
    return key.name().equals("type") && KeyRegistry.variant(group).isPresent();
  }

  /** Returns the offset behind the value, without blanks and comments that follow it. */
  int end() {
    return end(entry.value());
  }

  static int end(YamlNode node) {
    if (node.origin().raw().startsWith("{") || node.origin().raw().startsWith("[")) {
      return node.origin().end();
    }
    if (node instanceof YamlNode.Mapping mapping) {
      return mapping.entries().stream()
          .mapToInt(entry -> end(entry.value()))
          .max()
          .orElse(node.origin().end());
    }
    if (node instanceof YamlNode.Items items) {
      return items.elements().stream().mapToInt(KeySite::end).max().orElse(node.origin().end());
    }
    // a text of several lines ends before the next key
    int trailing = node.origin().raw().length() - node.origin().raw().stripTrailing().length();
    return node.origin().end() - trailing;
  }

  boolean isInFlow() {
    return owner.origin().raw().startsWith("{");
  }
}
