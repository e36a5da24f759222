package io.waybill.jobs.cli;

import io.waybill.jobs.Key;
import io.waybill.jobs.StepType;
import io.waybill.jobs.config.KnownKey;
import io.waybill.jobs.config.TypeWords;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Keys of the job file for people and for programs. */
final class KeyForm {
  private static final int MOST_PLACES = 4;

  private KeyForm() {}

  /** Returns a key for JSON. */
  static Map<String, Object> of(KnownKey known) {
    Key key = known.key();
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("name", key.name());
    form.put("paths", known.paths());
    if (!known.variants().isEmpty()) {
      form.put("types", known.variants());
    }
    form.put("holds", TypeWords.of(key));
    form.put("required", key.presence() == Key.Presence.REQUIRED);
    form.put("secret", key.presence().takesSecret());
    key.fallback().ifPresent(words -> form.put("default", words));
    form.put("doc", key.doc());
    known.example().ifPresent(words -> form.put("example", words));
    form.put("keys", known.inside().stream().map(Key::name).distinct().toList());
    known.kind().map(KeyForm::outputs).ifPresent(outputs -> form.put("outputs", outputs));
    return form;
  }

  private static Map<String, String> outputs(StepType<?> kind) {
    return new TreeMap<>(kind.outputs());
  }

  /** Prints all that is known of some keys. */
  static void print(List<KnownKey> keys, PrintStream out) {
    String gap = "";
    for (KnownKey key : keys) {
      out.print(gap);
      print(key, out);
      gap = System.lineSeparator();
    }
  }

  private static void print(KnownKey known, PrintStream out) {
    Key key = known.key();
    out.println(known.shortPath());
    out.println("  " + key.doc());
    line("holds", TypeWords.of(key), out);
    switch (key.presence()) {
      case REQUIRED -> line("required", "yes", out);
      case SECRET -> line("secret", "only \"${secrets.NAME}\" may stand here", out);
      case TEXT_OR_SECRET -> line("secret", "\"${secrets.NAME}\" may stand here", out);
      case OPTIONAL -> key.fallback().ifPresent(words -> line("if absent", words, out));
    }
    known.example().ifPresent(words -> line("example", key.name() + ": " + words, out));
    line("stands at", places(known), out);
    if (!known.variants().isEmpty()) {
      line("of types", String.join(", ", known.variants()), out);
    }
    entries("keys", inside(known), out);
    known.kind().ifPresent(kind -> entries("outputs", outputs(kind), out));
  }

  private static String places(KnownKey known) {
    List<String> paths = known.paths();
    String shown = String.join(", ", paths.subList(0, Math.min(MOST_PLACES, paths.size())));
    return paths.size() > MOST_PLACES
        ? shown + " and %d more".formatted(paths.size() - MOST_PLACES)
        : shown;
  }

  private static Map<String, String> inside(KnownKey known) {
    Map<String, String> inside = new LinkedHashMap<>();
    known.inside().forEach(each -> inside.putIfAbsent(each.name(), each.doc()));
    return inside;
  }

  private static void entries(String what, Map<String, String> entries, PrintStream out) {
    int width = entries.keySet().stream().mapToInt(String::length).max().orElse(0);
    String label = what;
    for (Map.Entry<String, String> entry : entries.entrySet()) {
      line(label, pad(entry.getKey(), width) + "  " + entry.getValue(), out);
      label = "";
    }
  }

  /** Prints one line for each of some keys. */
  static void list(List<KnownKey> keys, PrintStream out) {
    int width = keys.stream().mapToInt(key -> key.shortPath().length()).max().orElse(0);
    for (KnownKey key : keys) {
      String types = key.variants().isEmpty() ? "" : " (" + String.join(", ", key.variants()) + ")";
      out.println(pad(key.shortPath(), width) + "  " + key.key().doc() + types);
    }
  }

  private static void line(String label, String text, PrintStream out) {
    out.println("  " + pad(label, 10) + "  " + text);
  }

  private static String pad(String text, int width) {
    return text + " ".repeat(Math.max(0, width - text.length()));
  }
}
