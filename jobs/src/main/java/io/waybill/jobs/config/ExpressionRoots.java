package io.waybill.jobs.config;

import io.waybill.jobs.JobDefinition.Hook;
import io.waybill.jobs.ValueKind;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The first names of expressions, and what each of them has. */
public final class ExpressionRoots {
  /** {@code run.error}: legal only where a run, or an item, can have failed. */
  static final Map<String, ValueKind> RUN_ERROR =
      kinds("summary", ValueKind.TEXT, "class", ValueKind.TEXT);

  /** {@code run}. */
  static final Map<String, ValueKind> RUN =
      kinds(
          "id", ValueKind.TEXT,
          "job", ValueKind.TEXT,
          "scheduled-date", ValueKind.DATE,
          "date", ValueKind.DATE,
          "summary", ValueKind.TEXT);

  /** {@code job}. */
  static final Map<String, ValueKind> JOB = kinds("name", ValueKind.TEXT);

  /** {@code each}: how many items there were, and what became of them. */
  static final Map<String, ValueKind> EACH =
      kinds(
          "items", ValueKind.NUMBER,
          "succeeded", ValueKind.NUMBER,
          "failed", ValueKind.NUMBER,
          "unknown", ValueKind.NUMBER);

  /** {@code trigger}, by the key of a trigger: what it hands to the run. */
  static final Map<String, Map<String, ValueKind>> TRIGGER =
      Map.of(
          "files", kinds("files", ValueKind.listOf("id", "name", "location", "size", "modified")),
          "mail",
              kinds(
                  "messages",
                  ValueKind.listOf(
                      "id",
                      "mailbox",
                      "folder",
                      "uid-validity",
                      "uid",
                      "message-id",
                      "subject",
                      "from",
                      "to",
                      "date",
                      "received-at",
                      "size",
                      "text",
                      "attachments",
                      "defects")),
          "job", kinds("job", ValueKind.TEXT));

  /** {@code trigger.run}: of the job whose end has started this one. */
  static final Map<String, ValueKind> TRIGGER_RUN =
      kinds(
          "id", ValueKind.TEXT,
          "state", ValueKind.TEXT,
          "scheduled-date", ValueKind.DATE,
          "date", ValueKind.DATE,
          "summary", ValueKind.TEXT);

  /** Where roots are known that are not known everywhere in a job. */
  static final Map<String, String> OF_SOME_PLACES =
      Map.of(
          "item", "inside of \"each\"",
          "each", "in the hooks of a job that has \"each\"",
          "trigger", "in a job that has a \"trigger\"",
          "file", "in \"name\" of a step about files",
          "attachment", "in \"name\" of \"mail.save-attachments\"",
          "message",
              "in \"name\" of \"mail.save-attachments\" and \"text\" of \"mail.reply\" and \"mail.forward\"");

  private ExpressionRoots() {}

  /** Adds what is known before the first step. */
  static KnownNames beforeTheRun(KnownNames constants) {
    return constants.withTree("run", tree(RUN)).withTree("job", tree(JOB));
  }

  /**
   * Adds what is known in a step, other than the outputs of other steps.
   *
   * @param hook of the job, or of its items
   * @param parameters of the job, and what they are
   */
  static KnownNames inSteps(
      KnownNames constants, Hook hook, Map<String, ValueKind> parameters, Section job) {
    KnownNames names = beforeTheRun(constants).withTree("params", tree(parameters));
    Map<String, Object> trigger = trigger(job);
    if (!trigger.isEmpty()) {
      names = names.withTree("trigger", trigger);
    }
    boolean mayHaveFailed = hook == Hook.ON_FAILURE || hook == Hook.ALWAYS;
    if (!mayHaveFailed) {
      return names;
    }
    Map<String, Object> run = tree(RUN);
    run.put("error", tree(RUN_ERROR));
    return names.withTree("run", run);
  }

  /** Adds what the hooks of a job know of its items. */
  static KnownNames afterEach(KnownNames names) {
    return names.withTree("each", tree(EACH));
  }

  // what it has depends on what starts the job; of several, any may have started it
  private static Map<String, Object> trigger(Section job) {
    Map<String, Object> found = new LinkedHashMap<>();
    for (YamlNode node : job.node("trigger").map(StepIds::elements).orElse(List.of())) {
      if (node instanceof YamlNode.Mapping mapping) {
        for (YamlNode.Entry entry : mapping.entries()) {
          found.putAll(TRIGGER.getOrDefault(entry.name(), Map.of()));
        }
        mapping.find("job").ifPresent(entry -> found.put("run", tree(TRIGGER_RUN)));
      }
    }
    return found;
  }

  private static Map<String, Object> tree(Map<String, ValueKind> kinds) {
    return new LinkedHashMap<>(kinds);
  }

  private static Map<String, ValueKind> kinds(Object... namesAndKinds) {
    Map<String, ValueKind> kinds = new LinkedHashMap<>();
    for (int i = 0; i < namesAndKinds.length; i += 2) {
      kinds.put((String) namesAndKinds[i], (ValueKind) namesAndKinds[i + 1]);
    }
    return Collections.unmodifiableMap(kinds);
  }
}
