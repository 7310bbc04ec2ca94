def self_contained(notebook, root):
    return notebook
