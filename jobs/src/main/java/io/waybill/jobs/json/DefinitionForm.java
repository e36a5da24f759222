package io.waybill.jobs.json;

import io.waybill.jobs.JobDefinition;
import io.waybill.jobs.JobStatus;
import java.util.Map;
import java.util.Optional;

/**
 * A job as it is compared with what another file says of it: its form, and its definition's hash.
 */
public final class DefinitionForm {
  private DefinitionForm() {}

  /**
   * Returns the form.
   *
   * @param definition what the file says of it, if there is one
   */
  public static Map<String, Object> of(JobStatus status, Optional<JobDefinition> definition) {
    return of(status, definition, definition.map(JobDefinition::definitionHash).orElse(""));
  }

  /**
   * Returns the form.
   *
   * @param hash of its definition; empty if that is not known
   */
  public static Map<String, Object> of(
      JobStatus status, Optional<JobDefinition> definition, String hash) {
    Map<String, Object> form = JobForm.of(status, definition);
    form.remove("last-run");
    form.put("hash", hash);
    return form;
  }
}
