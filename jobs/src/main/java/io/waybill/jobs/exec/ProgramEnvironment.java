package io.waybill.jobs.exec;

import io.waybill.jobs.JobException;
import io.waybill.jobs.Secret;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
    inherited.forEach(ProgramEnvironment::requireInheritable);
    for (String name : plain.keySet()) {
      requireVariable("env", name);
      requireOnce(name, inherited);
    }
    for (String name : secret.keySet()) {
      requireVariable("secret-env", name);
      requireOnce(name, inherited);
      requireOnce(name, plain.keySet());
    }
  }

  /**
   * Checks the name of a variable that is shared.
   *
   * @throws JobException.Configuration if it is none, or that of something secret
   */
  public static void requireInheritable(String name) {
    requireVariable("inherit", name);
    if (TELLTALE.matcher(name).find()) {
      throw new JobException.Configuration(
          "\"inherit\" names %s, which looks like a secret, and the log could not mask it; define one under \"secrets\" and pass it by \"secret-env\""
              .formatted(name));
    }
  }

  /**
   * Checks the name of a variable.
   *
   * @param key behind which it stands, for the message
   * @throws JobException.Configuration if it is none
   */
  public static void requireVariable(String key, String name) {
    if (!NAME.matcher(name).matches()) {
      throw new JobException.Configuration(
          "\"%s\" has \"%s\", which is no name of a variable: letters, digits and _"
              .formatted(key, name));
    }
    if (name.equals(ProcessTree.VARIABLE)) {
      throw new JobException.Configuration(
          "\"%s\" sets %s, by which the program's processes are found again; take another name"
              .formatted(key, name));
    }
  }

  /**
   * Checks that a variable is had in one way only.
   *
   * @param others those that are had in another one
   * @throws JobException.Configuration if it is among them
   */
  public static void requireOnce(String name, Collection<String> others) {
    if (others.contains(name)) {
      throw new JobException.Configuration(
          "%s stands in two of \"env\", \"secret-env\" and \"inherit\"; leave it in one"
              .formatted(name));
    }
  }

  /**
   * Returns where programs are looked for that are named without a directory.
   *
   * @param own variables of this process
   */
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
