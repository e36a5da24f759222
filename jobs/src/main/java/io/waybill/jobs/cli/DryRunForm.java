package io.waybill.jobs.cli;

import io.waybill.jobs.JobDefinition;
import io.waybill.jobs.JobDefinition.Hook;
import io.waybill.jobs.json.Plain;
import io.waybill.jobs.log.SecretMask;
import io.waybill.jobs.run.JobRehearsal.Rehearsed;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a run would do, for programs and people. */
final class DryRunForm {
  static final String SCHEMA = "waybill.dry-run/1";

  private DryRunForm() {}

  static Map<String, Object> of(JobDefinition job, List<Rehearsed> steps) {
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("job", job.name());
    form.put("steps", steps.stream().map(DryRunForm::of).toList());
    return form;
  }

  private static Map<String, Object> of(Rehearsed step) {
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("id", step.step().id());
    form.put("kind", step.step().type().name());
    form.put("of", Plain.word(step.hook()));
    form.put("words", masked(step.told().words()));
    form.put("arguments", step.arguments());
    form.put("items", step.told().items());
    step.failure().ifPresent(why -> form.put("error", Trouble.form(why)));
    return form;
  }

  static void print(List<Rehearsed> steps, PrintStream out) {
    int ids = steps.stream().mapToInt(each -> each.step().id().length()).max().orElse(0);
    int kinds = steps.stream().mapToInt(each -> each.step().type().name().length()).max().orElse(0);
    Hook hook = Hook.STEPS;
    for (Rehearsed each : steps) {
      if (each.hook() != hook) {
        hook = each.hook();
        out.println(Plain.word(hook) + ":");
      }
      out.println(
          JobPrinter.pad(each.step().id(), ids)
              + "  "
              + JobPrinter.pad(each.step().type().name(), kinds)
              + "  "
              + Output.printable(masked(each.told().words())));
      if (each.told().items().isEmpty()) {
        each.arguments().forEach((key, value) -> out.println("    " + key + ": " + line(value)));
      }
      each.told().items().forEach(item -> print(item, out));
    }
  }

  private static void print(Map<String, Object> item, PrintStream out) {
    if (item.get("text") instanceof String text) {
      text.lines().forEach(line -> out.println("    " + Output.printable(masked(line))));
      return;
    }
    StringBuilder line = new StringBuilder("    ").append(line(item.get("from")));
    if (item.containsKey("to")) {
      line.append(" -> ").append(line(item.get("to")));
    }
    if (item.get("refused") instanceof String why) {
      line.append("  would be refused: ").append(line(why));
    }
    if (item.get("size") instanceof Long size) {
      line.append("  ").append(RunPrinter.size(size));
    }
    out.println(line);
  }

  private static String line(@Nullable Object value) {
    return Output.printable(masked(words(value)));
  }

  // as a job file writes it
  private static String words(@Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      List<String> each = new ArrayList<>();
      map.forEach((key, inner) -> each.add(key + ": " + words(inner)));
      return "{ " + String.join(", ", each) + " }";
    }
    return value instanceof List<?> list
        ? list.stream().map(DryRunForm::words).toList().toString()
        : String.valueOf(value);
  }

  private static String masked(String text) {
    return SecretMask.ofThisProcess().mask(text);
  }
}
