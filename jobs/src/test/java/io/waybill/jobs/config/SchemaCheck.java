package io.waybill.jobs.config;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.waybill.jobs.json.Json;
import java.util.List;
import java.util.Map;

/** Looks at a job file as an editor does that has the schema. */
final class SchemaCheck {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final Schema schema;

  SchemaCheck(Map<String, Object> schema) {
    this.schema =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(Json.write(schema));
  }

  /** Returns what is wrong with a file. */
  List<String> errors(YamlNode root) {
    return schema.validate(MAPPER.valueToTree(YamlValues.of(root))).stream()
        .map(Error::toString)
        .toList();
  }
}
