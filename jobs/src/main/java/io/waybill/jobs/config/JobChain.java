package io.waybill.jobs.config;

import io.waybill.jobs.expression.NearestName;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which job's end starts which job. No job may start itself, whatever the ends are that count: what
 * goes round once goes round for ever.
 */
final class JobChain {
  private final List<Link> links = new ArrayList<>();
  private final Problems problems;

  /**
   * One trigger.
   *
   * @param where the first job's name stands
   */
  private record Link(String from, String to, Origin where) {}

  JobChain(Problems problems) {
    this.problems = problems;
  }

  /**
   * Adds a trigger.
   *
   * @param from the job whose end starts the other
   * @param where its name stands
   */
  void add(String from, String to, Origin where) {
    links.add(new Link(from, to, where));
  }

  /**
   * Reports links from jobs that are not there, and circles.
   *
   * @param jobs all names, of wrong jobs too
   */
  void check(Collection<String> jobs) {
    Set<Set<String>> told = new HashSet<>();
    for (Link link : links) {
      if (!jobs.contains(link.from())) {
        problems.error(
            link.where(), "unknown job \"" + link.from() + "\"", NearestName.of(link.from(), jobs));
      } else {
        way(link.to(), link.from())
            .filter(way -> told.add(Set.copyOf(way)))
            .ifPresent(way -> problems.error(link.where(), circle(link, way)));
      }
    }
  }

  private static String circle(Link link, List<String> way) {
    return way.size() == 1
        ? "job \"" + link.to() + "\" would be started by its own end"
        : "these jobs start one another for ever: %s -> %s; take one of the triggers away"
            .formatted(String.join(" -> ", way), way.get(0));
  }

  /** Returns the jobs on the shortest way between two, both included; empty if there is none. */
  private Optional<List<String>> way(String from, String to) {
    Map<String, String> cameFrom = new HashMap<>();
    Deque<String> open = new ArrayDeque<>(List.of(from));
    cameFrom.put(from, from);
    while (!open.isEmpty()) {
      String here = open.remove();
      if (here.equals(to)) {
        return Optional.of(back(here, from, cameFrom));
      }
      for (Link link : links) {
        if (link.from().equals(here) && cameFrom.putIfAbsent(link.to(), here) == null) {
          open.add(link.to());
        }
      }
    }
    return Optional.empty();
  }

  private static List<String> back(String end, String start, Map<String, String> cameFrom) {
    Deque<String> way = new ArrayDeque<>();
    String here = end;
    way.addFirst(here);
    while (!here.equals(start)) {
      here = cameFrom.getOrDefault(here, start);
      way.addFirst(here);
    }
    return List.copyOf(way);
  }
}
