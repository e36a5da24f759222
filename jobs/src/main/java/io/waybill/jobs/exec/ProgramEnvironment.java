package io.waybill.jobs.exec;

import io.waybill.jobs.ArgumentMistake;
import io.waybill.jobs.JobException;
import io.waybill.jobs.Secret;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The variables that a program is given: {@code PATH} and {@code LANG}, what is named here, and
 * nothing else of what this process has.
 *
 * @param inherited names of variables that it shares with this process, where they are set
 * @param plain values by name
 * @param secret values by name, which are asked for when the program is started
 */
public record ProgramEnvironment(
    List<String> inherited, Map<String, String> plain, Map<String, Secret> secret) {
  private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  private static final String LANG = "C.UTF-8";
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
  // what others take for a secret would go to the program unseen by the log, which masks only ours
  private static final Pattern TELLTALE =
      Pattern.compile(
          "passw|passphrase|secret|token|credential|private|api_?key|(^|_)(key|pwd|pass)$",
          Pattern.CASE_INSENSITIVE);

  /**
   * Takes them.
   *
   * @throws JobException.Configuration if a name is none, stands twice, or is that of something
   *     secret and yet inherited
   */
  public ProgramEnvironment {
    inherited = List.copyOf(inherited);
    plain = Map.copyOf(plain);
    secret = Map.copyOf(secret);
    List<ArgumentMistake> mistakes = new ArrayList<>();
    for (String name : new TreeSet<>(plain.keySet())) {
      mistake("env", name, inherited.contains(name))
          .ifPresent(why -> mistakes.add(new ArgumentMistake(List.of("env", name), why)));
    }
    for (String name : new TreeSet<>(secret.keySet())) {
      boolean isTwice = plain.containsKey(name) || inherited.contains(name);
      mistake("secret-env", name, isTwice)
          .ifPresent(why -> mistakes.add(new ArgumentMistake(List.of("secret-env", name), why)));
    }
    for (int i = 0; i < inherited.size(); i++) {
      String name = inherited.get(i);
      List<String> path = List.of("inherit", Integer.toString(i));
      mistake("inherit", name, false)
          .or(() -> telltale(name))
          .ifPresent(why -> mistakes.add(new ArgumentMistake(path, why)));
    }
    if (!mistakes.isEmpty()) {
      throw new JobException.Configuration(mistakes, null);
    }
  }

  private static Optional<String> mistake(String key, String name, boolean isTwice) {
    if (!NAME.matcher(name).matches()) {
      return Optional.of(
          "\"%s\" has \"%s\", which is no name of a variable: letters, digits and _"
              .formatted(key, name));
    }
    if (name.equals(ProcessTree.VARIABLE)) {
      return Optional.of(
          "\"%s\" sets %s, by which the program's processes are found again; take another name"
              .formatted(key, name));
    }
    return isTwice
        ? Optional.of(
            "%s stands in two of \"env\", \"secret-env\" and \"inherit\"; leave it in one"
                .formatted(name))
        : Optional.empty();
  }

  private static Optional<String> telltale(String name) {
    return TELLTALE.matcher(name).find()
        ? Optional.of(
            "\"inherit\" names %s, which looks like a secret, and the log could not mask it; define one under \"secrets\" and pass it by \"secret-env\""
                .formatted(name))
        : Optional.empty();
  }

  /** Returns where programs are looked for that are named without a directory. */
  public String path(Map<String, String> own) {
    return withoutSecrets(own).getOrDefault("PATH", PATH);
  }

  /**
   * Returns all variables.
   *
   * @param own those of this process
   * @throws JobException.Configuration if a secret cannot be had
   */
  Map<String, String> variables(Map<String, String> own) {
    Map<String, String> variables = withoutSecrets(own);
    secret.forEach((name, value) -> variables.put(name, value.get()));
    return variables;
  }

  private Map<String, String> withoutSecrets(Map<String, String> own) {
    Map<String, String> variables = new LinkedHashMap<>();
    variables.put("PATH", PATH);
    variables.put("LANG", LANG);
    for (String name : inherited) {
      String value = own.get(name);
      if (value != null) {
        variables.put(name, value);
      }
    }
    variables.putAll(plain);
    return variables;
  }
}
