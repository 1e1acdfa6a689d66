select getvariable('source') || ':' || key as team_id, name, _file, _record from raw.projects
