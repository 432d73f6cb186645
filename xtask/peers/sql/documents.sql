SELECT id, number, filename, size_bytes, pages, sha256, uploaded_by, created_at FROM documents
WHERE process_id = $1 ORDER BY number DESC
