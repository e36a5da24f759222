package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.jobs.Key;
import io.waybill.jobs.StepType;
import io.waybill.jobs.ValueType;
import io.waybill.jobs.config.ConnectionKeys;
import io.waybill.jobs.config.JobKeys;
import io.waybill.jobs.config.TopLevelKeys;
import io.waybill.jobs.step.StepTypes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The table of keys in the README is the registry's. */
class KeyTableTest {
  // described in rows of their own
  private static final Set<String> ELSEWHERE =
      Set.of("connections", "defaults", "jobs", "steps", "on-success", "on-failure", "always");

  @Test
  void theReadmeListsTheKeysOfTheRegistry() throws IOException {
    String readme = Files.readString(Path.of("README.md"));
    String begin = "<!-- keys -->\n";
    int start = readme.indexOf(begin) + begin.length();
    assertThat(readme.substring(start, readme.indexOf("<!-- end of keys -->"))).isEqualTo(table());
  }

  private static String table() {
    List<String> rows =
        new ArrayList<>(List.of("| where | key | if absent | what |", "|---|---|---|---|"));
    add(rows, "top", "", TopLevelKeys.all(StepTypes.all()));
    ConnectionKeys.byType().forEach((type, keys) -> add(rows, "connection " + type, "", keys));
    List<Key> job = new ArrayList<>(JobKeys.job(StepTypes.all()));
    job.removeAll(JobKeys.policies());
    add(rows, "job", "", job);
    add(rows, "job, defaults", "", JobKeys.policies());
    for (Key key : JobKeys.step()) {
      rows.add(row("step", key.name(), key));
    }
    for (StepType<?> kind : StepTypes.all()) {
      add(rows, kind.name(), "", kind.keys());
    }
    return String.join("\n", rows) + "\n";
  }

  private static void add(List<String> rows, String where, String prefix, List<Key> keys) {
    for (Key key : keys) {
      String name = prefix + key.name();
      rows.add(row(where, name, key));
      if (!ELSEWHERE.contains(key.name())) {
        nested(rows, where, name, key.type());
      }
    }
  }

  private static void nested(List<String> rows, String where, String name, ValueType type) {
    if (type instanceof ValueType.Group group) {
      add(rows, where, name + ".", group.keys());
    } else if (type instanceof ValueType.ListOf list) {
      nested(rows, where, name, list.element());
    } else if (type instanceof ValueType.MapOf map) {
      nested(rows, where, name + ".NAME", map.value());
    } else if (type instanceof ValueType.AnyOf any) {
      any.types().forEach(each -> nested(rows, where, name, each));
    }
  }

  private static String row(String where, String name, Key key) {
    String absent =
        key.presence() == Key.Presence.REQUIRED ? "required" : key.fallback().orElse("");
    return "| %s | `%s` | %s | %s |".formatted(where, name, absent, key.doc());
  }
}
