package io.waybill.jobs.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Reads YAML 1.2 into nodes. It works on the parser's events and not on its composed nodes, because
 * only events say where an alias stands, and so that depth and size are bounded before anything
 * recursive happens.
 */
final class YamlTreeReader {
  private static final int DEEPEST = 50;
  private static final int MOST_NODES = 100_000;
  private static final Set<String> TEXT_TAGS = Set.of("!", "tag:yaml.org,2002:str");
  private static final LoadSettings SETTINGS =
      LoadSettings.builder()
          .setCodePointLimit(Integer.MAX_VALUE)
          .setVersionFunction(version -> version)
          .build();

  private final SourceText source;
  private final Problems problems;
  private final Map<String, Anchored> anchors = new HashMap<>();
  private final Set<String> open = new HashSet<>();
  private Iterator<Event> events = List.<Event>of().iterator();
  private int nodes;

  private record Anchored(YamlNode node, int size) {}

  /**
   * Ends the reading of a file in which nothing after the place can be trusted; the problem has
   * been noted.
   */
  private static final class Unreadable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Unreadable() {
      super(null, null, false, false);
    }
  }

  private YamlTreeReader(SourceText source, Problems problems) {
    this.source = source;
    this.problems = problems;
  }

  /**
   * Reads the one document of a file; empty if it could not be read, and then there is a problem
   * that says why.
   */
  static Optional<YamlNode> read(SourceText source, Problems problems) {
    return new YamlTreeReader(source, problems).document();
  }

  private Optional<YamlNode> document() {
    try {
      events = new Parse(SETTINGS).parseString(source.text()).iterator();
      next();
      if (next().getEventId() == Event.ID.StreamEnd) {
        problems.error(source.at(0), "the file is empty");
        return Optional.empty();
      }
      YamlNode root = node(next(), 0);
      next();
      Event end = next();
      if (end.getEventId() != Event.ID.StreamEnd) {
        problems.error(
            origin(end),
            "a second document starts here; a job file is one document, without \"---\"");
        return Optional.empty();
      }
      return Optional.of(root);
    } catch (YamlEngineException e) {
      YamlComplaint complaint = YamlComplaint.of(e, source);
      problems.error(complaint.where(), complaint.message());
      return Optional.empty();
    } catch (Unreadable e) {
      return Optional.empty();
    }
  }

  private Event next() {
    return events.next();
  }

  private YamlNode node(Event event, int depth) {
    if (depth > DEEPEST) {
      throw unreadable(event, "more than " + DEEPEST + " levels of nesting");
    }
    count(event, 1);
    if (event instanceof AliasEvent alias) {
      return alias(alias);
    }
    Optional<String> anchor = ((NodeEvent) event).getAnchor().map(a -> a.getValue());
    anchor.ifPresent(open::add);
    int before = nodes;
    YamlNode node = ownNode(event, depth);
    anchor.ifPresent(
        name -> {
          open.remove(name);
          anchors.put(name, new Anchored(node, nodes - before + 1));
        });
    return node;
  }

  private YamlNode ownNode(Event event, int depth) {
    if (event instanceof ScalarEvent scalar) {
      boolean tagged = refuseTag(event, scalar.getTag(), TEXT_TAGS);
      return new YamlNode.Scalar(scalar.getValue(), scalar.isPlain() && !tagged, origin(event));
    }
    refuseTag(event, ((CollectionStartEvent) event).getTag(), Set.of("!"));
    return event.getEventId() == Event.ID.SequenceStart
        ? items(event, depth)
        : mapping(event, depth);
  }

  private YamlNode items(Event start, int depth) {
    List<YamlNode> elements = new ArrayList<>();
    Event event = next();
    while (event.getEventId() != Event.ID.SequenceEnd) {
      elements.add(node(event, depth + 1));
      event = next();
    }
    return new YamlNode.Items(elements, whole(start, event));
  }

  private YamlNode mapping(Event start, int depth) {
    Map<String, YamlNode.Entry> entries = new LinkedHashMap<>();
    Event event = next();
    while (event.getEventId() != Event.ID.MappingEnd) {
      YamlNode key = node(event, depth + 1);
      YamlNode value = node(next(), depth + 1);
      if (!(key instanceof YamlNode.Scalar name)) {
        problems.error(origin(event), "a key must be a text, and this is " + key.description());
      } else if (name.text().equals("<<") && name.plain()) {
        problems.error(
            name.origin(), "\"<<\" (merge) is not part of YAML 1.2; write the keys out here");
      } else if (entries.containsKey(name.text())) {
        YamlNode.Entry first = entries.get(name.text());
        problems.error(
            name.origin(),
            "duplicate key \""
                + name.text()
                + "\"; the first is on line "
                + first.key().origin().line());
      } else {
        entries.put(name.text(), new YamlNode.Entry(name, value));
      }
      event = next();
    }
    return new YamlNode.Mapping(List.copyOf(entries.values()), whole(start, event));
  }

  private YamlNode alias(AliasEvent alias) {
    String name = alias.getAlias().getValue();
    if (open.contains(name)) {
      throw unreadable(alias, "alias \"*" + name + "\" stands inside of what it refers to");
    }
    Anchored anchored = anchors.get(name);
    if (anchored == null) {
      throw unreadable(alias, "alias \"*" + name + "\" has no anchor \"&" + name + "\" before it");
    }
    count(alias, anchored.size());
    return anchored.node();
  }

  // What an alias stands for counts each time: nested aliases grow by multiplication.
  private void count(Event event, int more) {
    nodes += more;
    if (nodes > MOST_NODES) {
      throw unreadable(event, "more than " + MOST_NODES + " values, aliases written out");
    }
  }

  private boolean refuseTag(Event event, Optional<String> tag, Set<String> allowed) {
    if (tag.isPresent() && !allowed.contains(tag.get())) {
      problems.error(
          origin(event),
          "unknown tag \"" + tag.get() + "\"; the key says what a value is, leave the tag out");
    }
    return tag.isPresent();
  }

  private Unreadable unreadable(Event event, String message) {
    problems.error(origin(event), message);
    return new Unreadable();
  }

  private Origin origin(Event event) {
    return whole(event, event);
  }

  private Origin whole(Event first, Event last) {
    int start = first.getStartMark().map(m -> source.offset(m.getIndex())).orElse(0);
    int end = last.getEndMark().map(m -> source.offset(m.getIndex())).orElse(start);
    return new Origin(source, start, Math.max(start, end));
  }
}
