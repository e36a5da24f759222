package io.waybill.jobs.config;

import io.waybill.jobs.config.JobFileLoader.FileTree;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Every value that job files say, by the way to it, as a digest: two files can be compared key by
 * key, and nobody learns a value from it.
 *
 * @param jobs by the job's name: the ways inside of it, such as {@code steps[0].copy.from}, and the
 *     digests
 * @param others the same for everything else, such as {@code connections.bank.host}
 */
public record JobFileOutline(
    SortedMap<String, SortedMap<String, String>> jobs, SortedMap<String, String> others) {
  private static final int DIGITS = 16;

  /** What no file says. */
  public static final JobFileOutline EMPTY = new JobFileOutline(new TreeMap<>(), new TreeMap<>());

  public JobFileOutline {
    jobs = Collections.unmodifiableSortedMap(new TreeMap<>(jobs));
    others = Collections.unmodifiableSortedMap(new TreeMap<>(others));
  }

  static JobFileOutline of(List<FileTree> files) {
    SortedMap<String, SortedMap<String, String>> jobs = new TreeMap<>();
    SortedMap<String, String> others = new TreeMap<>();
    for (FileTree file : files) {
      if (file.root() instanceof YamlNode.Mapping root) {
        for (YamlNode.Entry entry : root.entries()) {
          if (entry.name().equals("jobs") && entry.value() instanceof YamlNode.Mapping named) {
            named
                .entries()
                .forEach(
                    job ->
                        add(
                            job.value(),
                            "",
                            jobs.computeIfAbsent(job.name(), name -> new TreeMap<>())));
          } else if (!entry.name().equals("version")) {
            add(entry.value(), entry.name(), others);
          }
        }
      }
    }
    return new JobFileOutline(jobs, others);
  }

  private static void add(YamlNode node, String way, SortedMap<String, String> found) {
    if (node instanceof YamlNode.Mapping mapping && !mapping.entries().isEmpty()) {
      for (YamlNode.Entry entry : mapping.entries()) {
        add(entry.value(), way.isEmpty() ? entry.name() : way + "." + entry.name(), found);
      }
    } else if (node instanceof YamlNode.Items items && !items.elements().isEmpty()) {
      for (int i = 0; i < items.elements().size(); i++) {
        add(items.elements().get(i), way + "[" + i + "]", found);
      }
    } else {
      found.put(way, digest(node));
    }
  }

  private static String digest(YamlNode node) {
    String text =
        node instanceof YamlNode.Scalar scalar && !scalar.isNothing()
            ? "=" + scalar.text()
            : node.description();
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash).substring(0, DIGITS);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  /** Returns the ways to what only one of two has, or both have differently, in their order. */
  public static List<String> differences(Map<String, String> before, Map<String, String> after) {
    SortedMap<String, String> all = new TreeMap<>(before);
    all.putAll(after);
    return all.keySet().stream()
        .filter(
            way ->
                !before.containsKey(way)
                    || !after.containsKey(way)
                    || !before.get(way).equals(after.get(way)))
        .toList();
  }
}
